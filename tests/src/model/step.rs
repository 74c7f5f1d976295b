//! The effect of each step. The journal is written through
//! [`Ledger`](super::ledger::Ledger) alone.

use switchboard::{Outcome, journal::state::Event};

use super::{
    action::{Action, Answer, Claim, Deed, Fate},
    protocol::Protocol,
    setup::{Fault, OnUnknown, Provider, Writes},
    world::{Doing, Health, Held, Key, Place, Request, World},
};

impl Protocol {
    pub(super) fn carry_out(&self, world: &mut World, action: Action) {
        match action {
            Action::Replica(replica, deed) => self.act(world, replica, deed),
            Action::Request(request, fate) => self.meet(world, request, fate),
            Action::Webhook { request, over } => {
                let attempt = world.requests[request].attempt;
                // The body is only a hint: the provider's record is what is written.
                world.ledger.prove(attempt, Event::Place);
                if over {
                    world.ledger.prove(attempt, self.ended());
                }
            }
            Action::Forged(claim) => {
                // An attacker does not know the key in the URL, so the request is rejected before
                // its body is read.
                if self.has(Fault::UnsignedWebhook) {
                    match claim {
                        Claim::Ended => prove(world, self.ended()),
                        Claim::NotPlaced => prove(world, Event::NotPlace),
                    }
                }
            }
            Action::KeyExpires => {
                if let Some(tried) = world.ledger.attempts.last_mut() {
                    tried.expired = true;
                }
            }
            Action::OptOut => world.opted_out = true,
        }
    }

    fn act(&self, world: &mut World, replica: usize, deed: Deed) {
        let epoch = world.replicas[replica].epoch;
        match deed {
            Deed::Admit => commit(world, epoch, Event::Admit),
            Deed::Refuse => commit(world, epoch, Event::Refuse),
            Deed::GiveUp => commit(world, epoch, Event::GiveUp),
            Deed::LoseSight => commit(world, epoch, Event::Overdue),
            Deed::RecoverIntent | Deed::MissInList | Deed::PassFence => {
                commit(world, epoch, Event::NotPlace)
            }
            Deed::RecoverSent => commit(world, epoch, Event::Inherit),
            Deed::Reconcile => commit(world, epoch, Event::Reconcile),
            Deed::FindInList => prove(world, Event::Place),
            Deed::Redial => {
                world.ledger.redial(epoch);
            }
            Deed::SeeEnd => prove(world, self.ended()),
            Deed::SeeNotDialled => prove(world, Event::NotDial),
            Deed::ReplayFirst => {
                let request = leave(world, 0, Provider::A, Key::Kept(0));
                world.replicas[replica].doing = Doing::Waiting { request };
            }
            Deed::Attempt(provider) => self.attempt(world, replica, provider),
            Deed::SendUnwritten(provider) => {
                let attempt = world.ledger.attempts.len();
                let request = leave(world, attempt, provider, Key::Kept(attempt));
                world.replicas[replica].doing = Doing::Unwritten { provider, request };
            }
            Deed::Claim => {
                if let Doing::Intended(held) = world.replicas[replica].doing {
                    let claimed = world.ledger.commit_to(held.epoch, held.attempt, Event::Claim);
                    world.replicas[replica].doing =
                        if claimed { Doing::Claimed(held) } else { Doing::Nothing };
                }
            }
            Deed::MarkSent => {
                if let Doing::Claimed(held) = world.replicas[replica].doing {
                    let sent = world.ledger.commit_to(held.epoch, held.attempt, Event::Send);
                    let ready = Doing::Ready { held, late: false };
                    world.replicas[replica].doing = if sent { ready } else { Doing::Nothing };
                }
            }
            Deed::Send => {
                if let Doing::Ready { held, .. } = world.replicas[replica].doing {
                    let provider = world.ledger.attempts[held.attempt].provider;
                    let request = leave(world, held.attempt, provider, Key::Kept(held.attempt));
                    world.replicas[replica].doing = Doing::Waiting { request };
                }
            }
            Deed::HoldBack => {
                if let Doing::Ready { held, .. } = world.replicas[replica].doing {
                    world.ledger.prove(held.attempt, Event::NotPlace);
                    world.replicas[replica].doing = Doing::Nothing;
                }
            }
            Deed::WriteDown => {
                if let Doing::Unwritten { provider, request } = world.replicas[replica].doing {
                    world.ledger.bracket(epoch, provider);
                    world.replicas[replica].doing = Doing::Waiting { request };
                }
            }
            Deed::Hear(answer) => self.hear(world, replica, answer),
            Deed::Resend => again(world, replica),
            Deed::Replay => {
                if world.ledger.replay(epoch)
                    && let Some(attempt) = world.last()
                {
                    let unwanted = world.opted_out;
                    world.replicas[replica].doing = Doing::Repeating { attempt, unwanted };
                }
            }
            Deed::SendReplay => {
                if let Doing::Repeating { attempt, unwanted } = world.replicas[replica].doing {
                    let key =
                        if self.has(Fault::DroppedKey) { Key::Fresh } else { Key::Kept(attempt) };
                    let provider = world.ledger.attempts[attempt].provider;
                    let request = leave(world, attempt, provider, key);
                    world.requests[request].unwanted = unwanted;
                    world.replicas[replica].doing = Doing::Waiting { request };
                }
            }
            Deed::DropReplay => world.replicas[replica].doing = Doing::Nothing,
            Deed::TakeOver => {
                world.ledger.epoch += 1;
                world.replicas[replica].epoch = world.ledger.epoch;
            }
            Deed::Restart | Deed::Resume => world.replicas[replica].health = Health::Running,
            Deed::Crash => {
                world.crashes -= 1;
                let one = &mut world.replicas[replica];
                (one.health, one.epoch, one.doing) = (Health::Crashed, 0, Doing::Nothing);
            }
            Deed::Pause => {
                world.pauses -= 1;
                world.replicas[replica].health = Health::Paused;
            }
            Deed::MissDeadline => {
                if let Doing::Ready { late, .. } = &mut world.replicas[replica].doing {
                    *late = true;
                }
            }
        }
    }

    fn attempt(&self, world: &mut World, replica: usize, provider: Provider) {
        let held =
            Held { attempt: world.ledger.attempts.len(), epoch: world.replicas[replica].epoch };
        let doing = match self.setup.writes {
            Writes::Together if world.ledger.bracket(held.epoch, provider) => {
                Doing::Ready { held, late: false }
            }
            Writes::Apart if world.ledger.intend(held.epoch, provider) => Doing::Intended(held),
            Writes::Together | Writes::Apart => Doing::Nothing,
        };
        world.replicas[replica].doing = doing;
    }

    /// Writes the result of a request to the journal. Until then only its sender knows it, and a
    /// crash loses it.
    fn hear(&self, world: &mut World, replica: usize, answer: Answer) {
        let Doing::Waiting { request } = world.replicas[replica].doing else {
            return;
        };
        world.replicas[replica].doing = Doing::Nothing;
        let attempt = world.requests[request].attempt;
        let event = match answer {
            Answer::Placed => Event::Place,
            Answer::Over => self.ended(),
            Answer::Nothing if self.has(Fault::FailOverOnTimeout) => Event::NotPlace,
            Answer::Nothing => Event::Doubt,
            Answer::Unsent | Answer::Declined | Answer::DeclinedForAll => Event::NotPlace,
            Answer::NeedsApproval => Event::AwaitApproval,
        };
        if world.ledger.prove(attempt, event) && answer == Answer::DeclinedForAll {
            world.ledger.bound = Some(attempt);
        }
    }

    fn meet(&self, world: &mut World, request: usize, fate: Fate) {
        world.requests[request].at = match fate {
            Fate::Arrives if self.knows_key(world, request) => Place::Known,
            Fate::Arrives => Place::Rang,
            Fate::IsDropped => Place::Dropped,
            Fate::IsDeclined => Place::Declined,
            Fate::IsLost => Place::Lost,
            Fate::NeverLeaves => Place::Unsent,
        };
    }

    /// How a phone call ends: with an outcome to redial after, if redials are allowed.
    const fn ended(&self) -> Event {
        match self.setup.redials {
            0 => Event::End(Outcome::Completed),
            _ => Event::End(Outcome::NoAnswer),
        }
    }

    /// True if A accepted a call with this key and still knows the key.
    fn knows_key(&self, world: &World, request: usize) -> bool {
        let this = &world.requests[request];
        let remembers =
            |tried: usize| world.ledger.attempts.get(tried).is_some_and(|tried| !tried.expired);
        let same = |earlier: &Request| {
            matches!(earlier.at, Place::Rang | Place::Dropped)
                && earlier.key == this.key
                && earlier.provider == this.provider
        };
        match this.key {
            Key::Kept(attempt) => {
                self.setup.on_unknown == OnUnknown::Replay
                    && this.provider == Provider::A
                    && remembers(attempt)
                    && world.requests.iter().any(same)
            }
            Key::Fresh => false,
        }
    }
}

fn commit(world: &mut World, epoch: u8, event: Event) {
    world.ledger.commit(epoch, event);
}

fn prove(world: &mut World, event: Event) {
    if let Some(last) = world.last() {
        world.ledger.prove(last, event);
    }
}

/// Sends the request of the last attempt again.
fn again(world: &mut World, replica: usize) {
    if let Some(last) = world.last() {
        let provider = world.ledger.attempts[last].provider;
        let request = leave(world, last, provider, Key::Kept(last));
        world.requests[request].unwanted = world.opted_out;
        world.replicas[replica].doing = Doing::Waiting { request };
    }
}

fn leave(world: &mut World, attempt: usize, provider: Provider, key: Key) -> usize {
    let sent = Request { attempt, provider, key, at: Place::UnderWay, unwanted: false };
    world.requests.push(sent);
    world.requests.len() - 1
}
