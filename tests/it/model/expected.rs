//! The model.

use std::collections::BTreeMap;

use super::{Decision, Operation, Outcome, Party, Rank, Report, Step, Who};

/// A claim about a delegation.
#[derive(Clone, Debug)]
pub struct Claim {
    pub party: usize,
    pub owners: bool,
    pub report: Report,
    pub rank: Rank,
    /// Taken back, and not only found wrong.
    pub withdrawn: bool,
    /// Whoever has entered it, as long as nobody else has touched it.
    pub alone: Option<Who>,
}

/// What is accepted of a delegation, and how often that changed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Accepted {
    pub status: Option<Party>,
    pub headcount: Option<i32>,
}

/// A register with one batch.
#[derive(Clone, Debug)]
pub struct Register {
    pub batch: Decision,
    pub batch_version: i32,
    /// The delegations by country, with what is accepted of them and their versions.
    pub parties: Vec<(usize, Accepted, i32)>,
    pub claims: Vec<Claim>,
    /// What the account whose rights change may do at the moment.
    pub officer: bool,
    pub curator: bool,
    pub closed: bool,
    /// The events of the batch and its delegations that tell of a status.
    pub told: Vec<String>,
}

impl Register {
    pub fn new() -> Self {
        Self {
            batch: Decision::Draft,
            batch_version: 1,
            parties: Vec::new(),
            claims: Vec::new(),
            officer: false,
            curator: false,
            closed: false,
            // What was drafted has a title.
            told: vec!["batch.updated".to_owned()],
        }
    }

    fn is_officer(&self, who: Who) -> bool {
        who == Who::Owner || (who == Who::Changing && self.officer)
    }

    fn is_curator(&self, who: Who) -> bool {
        who == Who::Curator || (who == Who::Changing && self.curator)
    }

    fn party_of(&self, country: usize) -> Option<usize> {
        self.parties.iter().position(|party| party.0 == country)
    }

    /// What comes of a step; the register stands as it does after it.
    pub fn take(&mut self, step: &Step) -> Outcome {
        let Step { who, asked } = *step;
        if who == Who::Changing && self.closed {
            return Outcome::Unauthenticated;
        }
        if let Operation::Grant(..) | Operation::Revoke(..) | Operation::Close | Operation::Reopen =
            asked
        {
            return self.administer(who, asked);
        }
        let seen = self.batch != Decision::Draft || self.is_officer(who) || self.is_curator(who);
        // Nothing is known by its id that was never there: such a step is not sent.
        let Some(target) = self.target(asked) else { return Outcome::Nothing };
        if !seen {
            return Outcome::NotFound;
        }
        // An officer of another institution.
        let is_stranger = who == Who::Stranger;
        let allowed = match asked {
            Operation::Rank(..) => self.is_curator(who),
            Operation::Withdraw(_) => {
                let claim = &self.claims[target];
                let is_own = claim.alone == Some(who) && (self.is_officer(who) || is_stranger);
                (claim.owners && self.is_officer(who)) || is_own || self.is_curator(who)
            }
            Operation::File(..) => self.is_officer(who) || self.is_curator(who) || is_stranger,
            _ => self.is_officer(who),
        };
        if !allowed {
            return Outcome::Forbidden;
        }
        match asked {
            Operation::Decide(decision, stale) => self.decide(decision, stale),
            Operation::Invite(country) => self.invite(who, country),
            Operation::Stand(_, status, headcount, stale) => {
                self.stand(who, target, status, headcount, stale)
            }
            Operation::File(_, report) if self.is_stated(target, report) => Outcome::DoneAlready,
            Operation::File(_, report) => {
                self.state(who, target, false, report);
                self.reconcile();
                Outcome::Done
            }
            Operation::Rank(_, rank) => self.rank(who, target, rank),
            Operation::Withdraw(_) => self.withdraw(who, target),
            _ => unreachable!("done above"),
        }
    }

    /// The place of what a step is about.
    fn target(&self, asked: Operation) -> Option<usize> {
        match asked {
            Operation::Stand(country, ..) | Operation::File(country, _) => self.party_of(country),
            Operation::Rank(claim, _) | Operation::Withdraw(claim) => {
                (!self.claims.is_empty()).then(|| claim % self.claims.len())
            }
            _ => Some(0),
        }
    }

    fn administer(&mut self, who: Who, asked: Operation) -> Outcome {
        let allowed = who == Who::Administrator;
        let (what, next) = match asked {
            Operation::Close => (&mut self.closed, true),
            Operation::Reopen => (&mut self.closed, false),
            Operation::Grant(true) => (&mut self.curator, true),
            Operation::Grant(false) => (&mut self.officer, true),
            Operation::Revoke(true) => (&mut self.curator, false),
            Operation::Revoke(false) => (&mut self.officer, false),
            _ => unreachable!("not for administrators"),
        };
        let is_so = *what == next;
        match asked {
            Operation::Revoke(_) if is_so => return Outcome::Nothing,
            _ if !allowed => return Outcome::Forbidden,
            Operation::Grant(_) if is_so => return Outcome::Refused("DUPLICATE"),
            _ if is_so => return Outcome::DoneAlready,
            _ => *what = next,
        }
        Outcome::Done
    }

    fn decide(&mut self, decision: Decision, stale: bool) -> Outcome {
        use Decision::*;
        if stale {
            return Outcome::Refused("CONFLICT");
        }
        if decision == self.batch {
            return Outcome::DoneAlready;
        }
        let legal = match self.batch {
            Draft => decision == Announced,
            Announced => matches!(decision, Confirmed | Postponed | Cancelled),
            Confirmed => matches!(decision, Closed | Postponed | Cancelled),
            Postponed => matches!(decision, Announced | Confirmed | Cancelled),
            Cancelled | Closed => false,
        };
        if !legal {
            return Outcome::Refused("ILLEGAL_MOVE");
        }
        self.batch = decision;
        self.batch_version += 1;
        self.told.push(format!("batch.{}", decision.to_string().to_lowercase()));
        Outcome::Done
    }

    fn invite(&mut self, who: Who, country: usize) -> Outcome {
        if self.party_of(country).is_some() {
            return Outcome::Refused("DUPLICATE");
        }
        self.parties.push((country, Accepted::default(), 0));
        self.state(who, self.parties.len() - 1, true, Report::Status(Party::Invited));
        self.reconcile();
        Outcome::Done
    }

    fn stand(
        &mut self,
        who: Who,
        party: usize,
        status: Party,
        headcount: Option<i32>,
        stale: bool,
    ) -> Outcome {
        use Party::Attended;
        if stale {
            return Outcome::Refused("CONFLICT");
        }
        // From where it stands, or from where the owner has said that it stands.
        let said = self.claims.iter().rev().find(|claim| {
            claim.party == party
                && claim.owners
                && claim.rank != Rank::Deprecated
                && claim.report.is_status()
        });
        let from_said = said.is_some_and(|claim| match claim.report {
            Report::Status(from) => may_move(Some(from), status),
            Report::Headcount(_) => false,
        });
        let known = self.parties[party].1.status;
        let legal = known == Some(status) || may_move(known, status) || from_said;
        // To say again what the owner says already is no news.
        let is_said = said.is_some_and(|claim| claim.report == Report::Status(status));
        if !is_said && (!legal || (status == Attended && self.batch == Decision::Cancelled)) {
            return Outcome::Refused("ILLEGAL_MOVE");
        }
        let before = self.claims.len();
        if !is_said {
            self.state(who, party, true, Report::Status(status));
        }
        if let Some(headcount) = headcount.filter(|_| status == Attended) {
            let counted = self.claims.iter().rev().find(|claim| {
                claim.party == party
                    && claim.owners
                    && claim.rank != Rank::Deprecated
                    && !claim.report.is_status()
            });
            if counted.is_none_or(|claim| claim.report != Report::Headcount(headcount)) {
                self.state(who, party, true, Report::Headcount(headcount));
            }
        }
        if self.claims.len() == before {
            return Outcome::DoneAlready;
        }
        self.reconcile();
        Outcome::Done
    }

    fn rank(&mut self, who: Who, claim: usize, rank: Rank) -> Outcome {
        let of = self.claims[claim].clone();
        let rival = |(place, other): (usize, &Claim)| {
            place != claim
                && other.party == of.party
                && other.report.is_status() == of.report.is_status()
                && other.rank == Rank::Preferred
        };
        if rank == Rank::Preferred && self.claims.iter().enumerate().any(rival) {
            return Outcome::Refused("DUPLICATE");
        }
        if of.rank == rank && !of.withdrawn {
            return Outcome::DoneAlready;
        }
        self.touch(who, claim, rank, false);
        Outcome::Done
    }

    fn withdraw(&mut self, who: Who, claim: usize) -> Outcome {
        if self.claims[claim].rank == Rank::Deprecated {
            return Outcome::Refused("ILLEGAL_MOVE");
        }
        self.touch(who, claim, Rank::Deprecated, true);
        Outcome::Done
    }

    fn touch(&mut self, who: Who, claim: usize, rank: Rank, withdrawn: bool) {
        let claim = &mut self.claims[claim];
        (claim.rank, claim.withdrawn) = (rank, withdrawn);
        claim.alone = claim.alone.filter(|entered| *entered == who);
        self.reconcile();
    }

    /// Whether the source says that already, and nobody has found it wrong.
    fn is_stated(&self, party: usize, report: Report) -> bool {
        let same = |claim: &&Claim| !claim.owners && claim.party == party && claim.report == report;
        self.claims.iter().filter(same).any(|claim| claim.rank != Rank::Deprecated)
    }

    fn state(&mut self, who: Who, party: usize, owners: bool, report: Report) {
        let (rank, withdrawn, alone) = (Rank::Normal, false, Some(who));
        self.claims.push(Claim { party, owners, report, rank, withdrawn, alone });
    }

    /// Brings up to date what is accepted: the preferred claim, else the newest of the owner's,
    /// else that on which all agree; of statuses, what came of a delegation goes before what
    /// was to be.
    fn reconcile(&mut self) {
        for place in 0..self.parties.len() {
            let reports = |status: bool| {
                let claims = self.claims.iter().filter(move |claim| {
                    claim.party == place
                        && claim.rank != Rank::Deprecated
                        && claim.report.is_status() == status
                });
                let mut claims: Vec<&Claim> = claims.collect();
                // Of what the owner has stated the newest stands.
                let newest = claims.iter().rposition(|claim| claim.owners);
                let mut place = 0;
                claims.retain(|claim| {
                    place += 1;
                    let is_past = claim.owners && newest != Some(place - 1);
                    !is_past || claim.rank == Rank::Preferred
                });
                let preferred = claims.iter().find(|claim| claim.rank == Rank::Preferred);
                if let Some(decides) = preferred {
                    return Some(decides.report);
                }
                let (plans, outcomes): (Vec<&Claim>, Vec<&Claim>) =
                    claims.iter().copied().partition(|claim| claim.report.is_plan());
                let newest = |claims: &[&Claim]| {
                    claims.iter().rev().find(|claim| claim.owners).map(|claim| claim.report)
                };
                newest(&outcomes)
                    .or_else(|| agreed(&outcomes))
                    .or_else(|| newest(&plans))
                    .or_else(|| agreed(&claims))
            };
            let status = reports(true).map(|report| match report {
                Report::Status(status) => status,
                Report::Headcount(_) => unreachable!("it is a status"),
            });
            let headcount = reports(false).map(|report| match report {
                Report::Headcount(headcount) => headcount,
                Report::Status(_) => unreachable!("it is a headcount"),
            });
            // People are counted where they came or may come yet, not where none did.
            let may_have_come = status
                .is_none_or(|status| status == Party::Attended || Report::Status(status).is_plan());
            let accepted = Accepted { status, headcount: headcount.filter(|_| may_have_come) };
            let (_, known, version) = &mut self.parties[place];
            if *version == 0 || *known != accepted {
                *version += 1;
                let moved =
                    accepted.status.filter(|_| *version == 1 || known.status != accepted.status);
                let kind =
                    moved.map_or("updated".to_owned(), |status| status.to_string().to_lowercase());
                self.told.push(format!("delegation.{kind}"));
            }
            *known = accepted;
        }
    }
}

/// Where a delegation may go from where it stands.
fn may_move(from: Option<Party>, to: Party) -> bool {
    use Party::*;
    match from {
        None => true,
        Some(Invited) => matches!(to, Nominated | Confirmed | Attended | Declined | NotSent),
        Some(Nominated) => matches!(to, Confirmed | Attended | Declined | Withdrawn | NotSent),
        Some(Confirmed) => matches!(to, Attended | Withdrawn | NoShow | NotSent),
        // Whoever declined or withdrew may come after all.
        Some(from @ (Declined | Withdrawn)) => to != from && to != Invited,
        // What came of it was recorded wrongly.
        Some(from) => to != from && !Report::Status(to).is_plan(),
    }
}

/// What all say: the same; whoever says that somebody was invited agrees with whoever says what
/// came of it.
fn agreed(claims: &[&Claim]) -> Option<Report> {
    let mut said: BTreeMap<String, Report> =
        claims.iter().map(|claim| (format!("{:?}", claim.report), claim.report)).collect();
    if said.len() > 1 {
        said.retain(|_, report| *report != Report::Status(Party::Invited));
    }
    if said.len() == 1 { said.into_values().next() } else { None }
}
