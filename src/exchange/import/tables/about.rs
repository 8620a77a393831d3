//! What rows are about, by their cells alone: so that a row about the same as an earlier one that
//! is refused while it is read is left out with it, in all tables. What can be read of a row is
//! compared to it by its table; of one that is refused, what its cells tell is remembered here.

use std::collections::HashMap;

use entity::vocabulary::ImportTable;

use super::super::cells::{is_nothing, number_of_run};
use super::super::dates::{self, Day};
use super::super::knowledge::{Knowledge, hash};
use super::super::layout::Layout;
use super::super::plan::Plan;
use super::super::read::Row;
use super::super::remark::Remark;
use super::normal_key;
use crate::text::fold;

/// The fields that tell what a row of a table is about.
struct Identity {
    /// What names a record by itself, where the first of it is given.
    names: &'static [&'static [&'static str]],
    /// What else it is known by: all of it, and something of the second.
    within: &'static [&'static str],
    known_by: &'static [&'static str],
    /// What tells two of these apart where both give it.
    parts: &'static [&'static str],
    /// Whether two that are named are told apart by their names alone.
    is_apart: bool,
}

impl Identity {
    fn of(table: ImportTable) -> Self {
        const KEY: &[&[&str]] = &[&["key"]];
        const AT: &[&str] = &["batch", "programme", "number"];
        let by_key = |within, known_by, parts, is_apart| Self {
            names: KEY,
            within,
            known_by,
            parts,
            is_apart,
        };
        match table {
            ImportTable::Delegations => {
                by_key(AT, &["country", "country_code", "institution", "label"], &[], false)
            }
            ImportTable::Participants => Self {
                names: &[],
                within: &["batch", "programme", "number", "country", "country_code", "label"],
                known_by: &["name"],
                parts: &["institution"],
                is_apart: false,
            },
            ImportTable::Workshops => by_key(AT, &["title"], &[], true),
            ImportTable::Batches => Self {
                names: &[&["key"], &["number", "programme"]],
                within: &["programme"],
                known_by: &["label", "title", "starts_on", "ends_on", "dates"],
                parts: &[],
                is_apart: true,
            },
            ImportTable::Institutions => {
                by_key(&[], &["name"], &["country", "country_code", "city", "kind"], true)
            }
            ImportTable::Memberships => Self {
                names: &[],
                within: &["group"],
                known_by: &["country", "country_code"],
                parts: &["kind", "valid_from", "valid_to"],
                is_apart: false,
            },
            ImportTable::Programmes => by_key(&[], &["title"], &[], true),
            ImportTable::RegionalGroups => by_key(&[], &["name_en"], &[], true),
            ImportTable::Partnerships => by_key(
                AT,
                &["institution", "group", "role"],
                &["country", "country_code", "city", "kind"],
                false,
            ),
            ImportTable::Appointments => Self {
                names: &[],
                within: &["institution", "country", "country_code", "city", "kind"],
                known_by: &["name", "person", "post"],
                parts: &["valid_from", "valid_to"],
                is_apart: false,
            },
        }
    }

    /// What a row is about, in each way in which its cells tell it.
    fn marks(&self, layout: &Layout, row: &Row) -> Vec<Mark> {
        let all = |fields: &[&str]| {
            fields.iter().map(|field| value(layout, row, field)).collect::<Vec<_>>()
        };
        let mut marks = Vec::new();
        for (place, names) in self.names.iter().enumerate() {
            let values = all(names);
            if values.first().is_some_and(|first| !first.is_empty()) {
                let of = hash(&(place, values));
                marks.push(Mark {
                    of,
                    exact: of,
                    is_named: false,
                    parts: Vec::new(),
                    fields: names.to_vec(),
                });
            }
        }
        let known_by = all(self.known_by);
        if known_by.iter().any(|value| !value.is_empty()) {
            let of = hash(&("known", all(self.within), known_by));
            let is_named = self.is_apart && !marks.is_empty();
            let parts: Vec<_> = all(self.parts)
                .iter()
                .map(|value| Some(hash(value)).filter(|_| !value.is_empty()))
                .collect();
            let fields = self.within.iter().chain(self.known_by).copied().collect();
            marks.push(Mark { of, exact: hash(&(of, is_named, &parts)), is_named, parts, fields });
        }
        marks
    }
}

/// One way in which the cells of a row tell what it is about, in digests.
struct Mark {
    of: u64,
    /// With its parts.
    exact: u64,
    is_named: bool,
    parts: Vec<Option<u64>>,
    /// The fields that it is made of, but for the parts.
    fields: Vec<&'static str>,
}

/// A row that is left out.
#[derive(Debug)]
struct LeftOut {
    line: u64,
    is_named: bool,
    parts: Vec<Option<u64>>,
}

impl LeftOut {
    fn may_be(&self, mark: &Mark) -> bool {
        let differ = |(one, other): (&Option<u64>, &Option<u64>)| {
            one.zip(*other).is_some_and(|(a, b)| a != b)
        };
        let are_two = self.is_named && mark.is_named;
        !are_two && !self.parts.iter().zip(&mark.parts).any(differ)
    }
}

/// What the rows of a file have been about so far.
#[derive(Debug, Default)]
pub(in super::super) struct About {
    /// What rows are about that nothing hinders, and where the first of each stands: what is about
    /// the same is compared to that one.
    taken: HashMap<u64, u64>,
    left_out: HashMap<u64, Vec<LeftOut>>,
}

impl About {
    /// The row that was left out about the same as this one; of a row that is `wrong` what it is
    /// about is remembered. What is wrong in a cell is not known of it: by that nothing is told.
    fn row(
        &mut self,
        identity: &Identity,
        layout: &Layout,
        row: &Row,
        wrong: Option<&[Remark]>,
    ) -> Option<u64> {
        let mut marks = identity.marks(layout, row);
        let Some(remarks) = wrong else { return self.left_out_before(&marks, row.line) };
        let is_wrong =
            |field: &str| remarks.iter().any(|remark| remark.is_fault_of(layout.heading(field)));
        marks.retain(|mark| !mark.fields.iter().any(|field| is_wrong(field)));
        for mut mark in marks {
            for (part, field) in mark.parts.iter_mut().zip(identity.parts) {
                // A day that can be read is known, whatever speaks against it.
                if is_wrong(field) && !field.starts_with("valid_") {
                    *part = None;
                }
            }
            self.leave_out(mark, row.line);
        }
        None
    }

    /// The row about the same that was left out, before any was taken; else this one is taken.
    fn left_out_before(&mut self, marks: &[Mark], line: u64) -> Option<u64> {
        if marks.iter().any(|mark| self.taken.get(&mark.exact).is_some_and(|first| *first != line))
        {
            return None;
        }
        let left_out = |mark: &Mark| {
            Some(self.left_out.get(&mark.of)?.iter().find(|one| one.may_be(mark))?.line)
        };
        let found = marks.iter().find_map(left_out);
        if found.is_none() {
            self.taken.extend(marks.iter().map(|mark| (mark.exact, line)));
        }
        found
    }

    fn leave_out(&mut self, mark: Mark, line: u64) {
        if self.taken.contains_key(&mark.exact) {
            return;
        }
        let there = self.left_out.entry(mark.of).or_default();
        let Mark { is_named, parts, .. } = mark;
        if !there.iter().any(|one| one.is_named == is_named && one.parts == parts) {
            there.push(LeftOut { line, is_named, parts });
        }
    }
}

/// Compares rows with earlier ones that are left out.
pub(super) fn compare<T>(k: &mut Knowledge, rows: &[Row], plans: &[Plan<T>]) {
    let (layout, identity) = (k.layout.clone(), Identity::of(k.import.into_table));
    for (row, plan) in rows.iter().zip(plans) {
        let wrong = plan.is_hindered().then_some(&plan.remarks[..]);
        if let Some(first) = k.about.row(&identity, &layout, row, wrong) {
            k.stand_behind(row.line, first);
        }
    }
}

/// What stands in a cell, however it is written; nothing of what says nothing, and of what is no
/// day.
fn value(layout: &Layout, row: &Row, field: &str) -> String {
    let cell = layout.cell(row, field);
    // `NA` is a country.
    if is_nothing(&cell) && !field.starts_with("country") {
        return String::new();
    }
    let day = |day: &Day| format!("{} {}", day.date, day.precision);
    let known = match field {
        "key" => Some(normal_key(&cell)),
        "number" => number_of_run(&cell).map(|number| number.to_string()),
        "valid_from" | "valid_to" => {
            Some(dates::day(&cell, layout.order).as_ref().map_or_else(|_| String::new(), day))
        }
        "starts_on" | "ends_on" => dates::day(&cell, layout.order).as_ref().map(day).ok(),
        "dates" => dates::days(&cell, layout.order)
            .map(|(from, to)| format!("{} {}", day(&from), day(&to)))
            .ok(),
        _ => None,
    };
    known.unwrap_or_else(|| Some(fold(&cell)).filter(|folded| !folded.is_empty()).unwrap_or(cell))
}

#[cfg(test)]
mod tests {
    use super::super::super::columns::MappedColumn;
    use super::super::super::remark::Weight;
    use super::*;
    use crate::phrase::say;

    /// Behind which line each row stands: cells under the fields, and the field that is wrong.
    fn behind(table: ImportTable, fields: &str, rows: &[(&str, &str)]) -> Vec<u64> {
        let column = |field: &str| MappedColumn {
            name: field.to_owned(),
            field: Some(field.to_owned()),
            value: None,
            said: false,
        };
        let columns: Vec<_> = fields.split(',').map(column).collect();
        let (layout, identity) = (Layout::new(table, &columns, None, false), Identity::of(table));
        let mut about = About::default();
        let mut one = |(line, (cells, wrong)): (u64, &(&str, &str))| {
            let row = Row { line, cells: cells.split(',').map(str::to_owned).collect() };
            let remark = Remark::of_cell(Weight::Refused, wrong, "", false, say!("changes"));
            let remarks = (!wrong.is_empty()).then_some([remark]);
            about
                .row(&identity, &layout, &row, remarks.as_ref().map(|all| &all[..]))
                .unwrap_or_default()
        };
        (2..).zip(rows).map(&mut one).collect()
    }

    #[test]
    fn a_row_stands_behind_one_about_the_same_that_was_left_out() {
        let fields = "key,programme,number,title,starts_on,capacity";
        let rows = [
            ("x-1,p,,A,99,", "starts_on"),
            ("X 1,p,,A,2024-03-04,", ""),
            ("x-2,p,,A,2024-03-04,", ""),
            (",p,,A,2024-03-05,", ""),
            (",p,2,,,x", "capacity"),
            (",p,II,B,,", ""),
            (",p,,C,2024-03-06,x", "capacity"),
            (",P,,c,6 March 2024,", ""),
            ("x-3,p,,C,2024-03-06,", ""),
            (",p,,C,2024-03-07,", ""),
        ];
        assert_eq!(behind(ImportTable::Batches, fields, &rows), [0, 2, 0, 0, 0, 6, 0, 8, 8, 0]);
    }

    #[test]
    fn what_is_wrong_or_not_given_tells_nothing_apart() {
        let rows = [
            ("oex,NP,,99", "valid_from"),
            ("oex,NP,FULL,1990", ""),
            ("oex,FJ,x,1990", "kind"),
            ("oex,FJ,FULL,1991", ""),
            ("oex,FJ,FULL,1990", ""),
            ("nobody,KH,,", "group"),
            ("nobody,KH,,", ""),
        ];
        let found = behind(ImportTable::Memberships, "group,country_code,kind,valid_from", &rows);
        assert_eq!(found, [0, 2, 0, 0, 4, 0, 0]);
    }

    #[test]
    fn a_row_about_the_same_as_one_that_is_taken_is_compared_to_that() {
        let rows = [
            ("b,Nepal,A,1", ""),
            ("b,Nepal,a,x", "headcount"),
            ("b,Nepal,A,2", ""),
            ("b,Nepal,,x", "headcount"),
            ("b,Nepal,,3", ""),
        ];
        let found = behind(ImportTable::Delegations, "batch,country,label,headcount", &rows);
        assert_eq!(found, [0, 0, 0, 0, 5]);
    }
}
