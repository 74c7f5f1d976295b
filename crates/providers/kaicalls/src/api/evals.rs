//! `/api/v1/evals`: tests of an agent by messages.

use serde_json::Value;
use switchboard_core::Result;
use switchboard_http::{HttpClient, Request};

use super::parameters::{named, parameters, with_query};
use crate::wire::{Acknowledgement, Eval, EvalRun, Listing};

parameters! {
    /// A new eval (official Python SDK 0.1.0, `evals.create`).
    CreateEval {
        required {
            /// The agent that it tests.
            agent_id: String = "agent_id",
            /// The business of the agent.
            business_id: String = "business_id",
            /// Its name.
            name: String = "name",
            /// The conversation to test with, one object for each turn.
            messages: Vec<Value> = "messages",
        }
        optional {
            /// What it tests.
            description: String = "description",
        }
    }
}

parameters! {
    /// A change of an eval (official Python SDK 0.1.0, `evals.update`).
    UpdateEval {
        required {
            /// The eval.
            id: String = "id",
        }
        optional {
            /// Its new name.
            name: String = "name",
            /// The conversation to test with, one object for each turn.
            messages: Vec<Value> = "messages",
            /// What it tests.
            description: String = "description",
        }
    }
}

parameters! {
    /// A query for evals (official Python SDK 0.1.0, `evals.list`).
    EvalQuery {
        required {}
        optional {
            /// Only this agent.
            agent_id: String = "agent_id",
        }
    }
}

parameters! {
    /// Which evals to run: one, or all of an agent (official Python SDK 0.1.0, `evals.run`).
    RunEval {
        required {}
        optional {
            /// The eval.
            eval_id: String = "eval_id",
            /// The agent.
            agent_id: String = "agent_id",
            /// Whether to answer when it is over.
            wait: bool = "wait",
            /// How long to wait at most, in milliseconds.
            max_wait_ms: u64 = "max_wait_ms",
        }
    }
}

parameters! {
    /// Which run to read (official Python SDK 0.1.0, `evals.get_run`).
    EvalRunQuery {
        required {}
        optional {
            /// The run.
            run_id: String = "run_id",
            /// The run's id at the voice platform.
            vapi_run_id: String = "vapi_run_id",
            /// The agent.
            agent_id: String = "agent_id",
        }
    }
}

/// Evals, which exchange messages with an agent (official Python SDK 0.1.0, `evals`).
#[derive(Debug, Clone, Copy)]
pub struct Evals<'a> {
    http: &'a HttpClient,
}

impl<'a> Evals<'a> {
    pub(crate) fn new(http: &'a HttpClient) -> Self {
        Self { http }
    }

    /// The evals.
    ///
    /// `GET /api/v1/evals`; no scope is documented. Source: official Python SDK 0.1.0,
    /// `evals.list`.
    ///
    /// # Errors
    /// As for every [read](crate::api#errors).
    #[doc(alias = "/api/v1/evals")]
    pub async fn list(&self, query: &EvalQuery) -> Result<Listing<Eval>> {
        self.http.read(with_query(Request::get("evals.list", "/api/v1/evals"), query)).await?.json()
    }

    /// One eval.
    ///
    /// `GET /api/v1/evals?id=`; no scope is documented. Source: official Python SDK 0.1.0,
    /// `evals.get`.
    ///
    /// # Errors
    /// `InvalidRequest` for an empty id, with nothing sent; otherwise as for every
    /// [read](crate::api#errors).
    #[doc(alias = "/api/v1/evals")]
    pub async fn get(&self, id: &str) -> Result<Eval> {
        named(id, "eval")?;
        self.http.read(Request::get("evals.get", "/api/v1/evals").query("id", id)).await?.json()
    }

    /// Makes an eval.
    ///
    /// `POST /api/v1/evals`; no scope is documented. Source: official Python SDK 0.1.0,
    /// `evals.create`.
    ///
    /// # Errors
    /// As for every [write](crate::api#errors): it is sent once.
    #[doc(alias = "/api/v1/evals")]
    pub async fn create(&self, eval: &CreateEval) -> Result<Eval> {
        self.http.write(Request::post("evals.create", "/api/v1/evals").json(eval)?).await?.json()
    }

    /// Changes the fields of an eval that are set.
    ///
    /// `PATCH /api/v1/evals`; no scope is documented. Source: official Python SDK 0.1.0,
    /// `evals.update`.
    ///
    /// # Errors
    /// As for every [write](crate::api#errors): it is sent once.
    #[doc(alias = "/api/v1/evals")]
    pub async fn update(&self, eval: &UpdateEval) -> Result<Eval> {
        self.http.write(Request::patch("evals.update", "/api/v1/evals").json(eval)?).await?.json()
    }

    /// Deletes an eval.
    ///
    /// `DELETE /api/v1/evals?id=`; no scope is documented. Source: official Python SDK 0.1.0,
    /// `evals.delete`.
    ///
    /// # Errors
    /// `InvalidRequest` for an empty id, with nothing sent; otherwise as for every
    /// [write](crate::api#errors): it is sent once.
    #[doc(alias = "/api/v1/evals")]
    pub async fn delete(&self, id: &str) -> Result<Acknowledgement> {
        named(id, "eval")?;
        let request = Request::delete("evals.delete", "/api/v1/evals").query("id", id);
        super::webhooks::acknowledged(&self.http.write(request).await?)
    }

    /// Runs evals, by messages and without a phone.
    ///
    /// `POST /api/v1/evals/run`; no scope is documented. Source: official Python SDK 0.1.0,
    /// `evals.run`.
    ///
    /// # Errors
    /// As for every [write](crate::api#errors): it is sent once.
    #[doc(alias = "/api/v1/evals/run")]
    pub async fn run(&self, run: &RunEval) -> Result<EvalRun> {
        self.http.write(Request::post("evals.run", "/api/v1/evals/run").json(run)?).await?.json()
    }

    /// A run and its result.
    ///
    /// `GET /api/v1/evals/run`; no scope is documented. Source: official Python SDK 0.1.0,
    /// `evals.get_run`.
    ///
    /// # Errors
    /// As for every [read](crate::api#errors).
    #[doc(alias = "/api/v1/evals/run")]
    pub async fn get_run(&self, query: &EvalRunQuery) -> Result<EvalRun> {
        self.http
            .read(with_query(Request::get("evals.get_run", "/api/v1/evals/run"), query))
            .await?
            .json()
    }
}
