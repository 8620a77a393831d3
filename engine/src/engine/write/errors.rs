//! What failed, and where.

use async_graphql::{Error, PathSegment, Pos, ServerError};
use sea_orm::DbErr;

use super::{Failed, PathStep, Writer};
use crate::graphql::error::failure_of;

/// The errors of an answer at most: what is wrong with a list is wrong for each of its parents.
const MOST_ERRORS: usize = 1_000;

impl Writer<'_> {
    /// Notes an error of what stands at the place that is being written: its path begins with
    /// marks, and the field.
    pub(super) fn pass_on(&mut self, error: &ServerError) {
        let within =
            error.path.iter().skip_while(|step| matches!(step, PathSegment::Index(_))).skip(1);
        if self.is_told(error) {
            let path = self.here().into_iter().chain(within.cloned()).collect();
            self.errors.push(ServerError { path, ..error.clone() });
        }
    }

    /// Whether one more error is told: a failure of the register always is.
    fn is_told(&self, error: &ServerError) -> bool {
        self.errors.len() < MOST_ERRORS || failure_of(error).is_some()
    }

    fn here(&self) -> Vec<PathSegment> {
        let segment = |step: &PathStep<'_>| match step {
            PathStep::Field(name) => PathSegment::Field((*name).to_owned()),
            PathStep::Item(number) => PathSegment::Index(*number),
        };
        self.path.iter().map(segment).collect()
    }

    /// Notes an error at the place that is being written.
    pub(super) fn report(&mut self, error: &Error, pos: Pos) -> Failed {
        let mut error = error.clone().into_server_error(pos);
        if self.is_told(&error) {
            error.path = self.here();
            self.errors.push(error);
        }
        Failed
    }

    pub(super) fn failed(&mut self, error: DbErr, pos: Pos) -> Failed {
        let error = self.executor.reader.fail(error);
        self.report(&error, pos)
    }
}
