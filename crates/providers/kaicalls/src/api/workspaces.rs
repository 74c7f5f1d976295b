//! `/api/v1/workspaces`.

use serde_json::Value;
use switchboard_core::Result;
use switchboard_http::{HttpClient, Request};

use super::parameters::{named, parameters};
use crate::wire::{Listing, Workspace};

parameters! {
    /// A new workspace (official Python SDK 0.1.0, `workspaces.create`).
    CreateWorkspace {
        required {
            /// Its name.
            name: String = "name",
        }
        optional {
            /// Data of the caller's, an object.
            metadata: Value = "metadata",
            /// The caller's reference.
            external_ref: String = "external_ref",
        }
    }
}

parameters! {
    /// A change of a workspace (official Python SDK 0.1.0, `workspaces.update`).
    UpdateWorkspace {
        required {
            /// The workspace.
            id: String = "id",
        }
        optional {
            /// Its new name.
            name: String = "name",
            /// New data of the caller's, an object.
            metadata: Value = "metadata",
        }
    }
}

/// The workspaces of the account (official Python SDK 0.1.0, `workspaces`). Its lifecycle actions have no
/// types: `resume` might let runs of calls go on.
#[derive(Debug, Clone, Copy)]
pub struct Workspaces<'a> {
    http: &'a HttpClient,
}

impl<'a> Workspaces<'a> {
    pub(crate) fn new(http: &'a HttpClient) -> Self {
        Self { http }
    }

    /// All workspaces.
    ///
    /// `GET /api/v1/workspaces`; no scope is documented. Source: official Python SDK 0.1.0,
    /// `workspaces.list`.
    ///
    /// # Errors
    /// As for every [read](crate::api#errors).
    #[doc(alias = "/api/v1/workspaces")]
    pub async fn list(&self) -> Result<Listing<Workspace>> {
        self.http.read(Request::get("workspaces.list", "/api/v1/workspaces")).await?.json()
    }

    /// One workspace.
    ///
    /// `GET /api/v1/workspaces?id=`; no scope is documented. Source: official Python SDK 0.1.0,
    /// `workspaces.get`.
    ///
    /// # Errors
    /// `InvalidRequest` for an empty id, with nothing sent; otherwise as for every
    /// [read](crate::api#errors).
    #[doc(alias = "/api/v1/workspaces")]
    pub async fn get(&self, id: &str) -> Result<Workspace> {
        named(id, "workspace")?;
        self.http
            .read(Request::get("workspaces.get", "/api/v1/workspaces").query("id", id))
            .await?
            .json()
    }

    /// Makes a workspace.
    ///
    /// `POST /api/v1/workspaces`; no scope is documented. Source: official Python SDK 0.1.0,
    /// `workspaces.create`.
    ///
    /// # Errors
    /// As for every [write](crate::api#errors): it is sent once.
    #[doc(alias = "/api/v1/workspaces")]
    pub async fn create(&self, workspace: &CreateWorkspace) -> Result<Workspace> {
        self.http
            .write(Request::post("workspaces.create", "/api/v1/workspaces").json(workspace)?)
            .await?
            .json()
    }

    /// Renames a workspace or changes its data.
    ///
    /// `PATCH /api/v1/workspaces`; no scope is documented. Source: official Python SDK 0.1.0,
    /// `workspaces.update`.
    ///
    /// # Errors
    /// As for every [write](crate::api#errors): it is sent once.
    #[doc(alias = "/api/v1/workspaces")]
    pub async fn update(&self, workspace: &UpdateWorkspace) -> Result<Workspace> {
        self.http
            .write(Request::patch("workspaces.update", "/api/v1/workspaces").json(workspace)?)
            .await?
            .json()
    }
}
