//! Groups under every connection.

use async_graphql::registry::{Deprecation, MetaField, Registry};
use async_graphql::{InputType, OutputType};

use super::{Argument, field, object};
use crate::graphql::groups::{GroupCondition, GroupOrder};
use crate::graphql::listing::PageInfo;
use crate::graphql::scalars::{Cursor, Date, Long};

const FIRST: &str = "How many groups, at most 100.";

fn ty<T: InputType>(registry: &mut Registry) -> String {
    T::create_type_info(registry)
}

/// The field with a page of groups.
pub(super) fn page(registry: &mut Registry) -> (String, MetaField) {
    let doc = [
        "Groups all nodes of the list that match the filter, not those of the page, by their \
         values: the largest groups first, unless `orderBy` says otherwise.",
        "Nodes are grouped by fields of the list's filter that test one value or a year, or lead \
         to records; a path leads on to fields of these: `batch.programme`, `institution.kind`,",
        "`batch.venues.country`. A node that is related to several records (`topics`, `venues`) \
         stands in the group of each, once; one that is related to none, in the group of null.",
    ];
    let by = "By which fields or paths, at most 3: `[\"country\"]`, `[\"batch.programme\", \
              \"year\"]`; with none, one group of all nodes, if there are any.";
    let after = "Only groups behind this place.";
    let order = "In which order; ties are broken by the values.";
    let having = "Only groups of which all of these hold.";
    let arguments = [
        Argument::new("by", by, ty::<Vec<String>>),
        first(),
        Argument::new("after", after, ty::<Option<Cursor>>),
        Argument::new("orderBy", order, ty::<Option<Vec<GroupOrder>>>),
        Argument::new("having", having, ty::<Option<Vec<GroupCondition>>>),
    ];
    let name = "GroupListPayload";
    if !registry.types.contains_key(name) {
        let (group, info) = (group(registry), PageInfo::create_type_info(registry));
        let count = <i32 as OutputType>::create_type_info(registry);
        let total = ["How many groups there are, of which the conditions hold."];
        let fields = [
            field(registry, "nodes", &["The groups of the page."], format!("[{group}]!"), &[]),
            field(registry, "pageInfo", &["Where the page stands in the list."], info, &[]),
            field(registry, "totalCount", &total, count, &[]),
        ];
        let doc = ["A page of groups."];
        registry.types.insert(name.to_owned(), object(name, &doc, fields.into_iter().collect()));
    }
    field(registry, "groups", &doc, format!("{name}!"), &arguments)
}

/// The field with the largest groups.
pub(super) fn list(registry: &mut Registry) -> (String, MetaField) {
    let by = "By which fields of the filter, 1 to 3: `[\"status\"]`, `[\"country\", \"batch\"]`.";
    let of = "A field with numbers or dates, of which sum and bounds are told.";
    let arguments = [
        Argument::new("fields", by, ty::<Vec<String>>),
        Argument::new("of", of, ty::<Option<String>>),
        first(),
    ];
    let doc = [
        "Counts all nodes of the list that match the filter, not those of the page, by their \
         values: the largest groups first. What can",
        "be grouped by are the fields of the list's filter that test a value or a single record.",
    ];
    let group = group(registry);
    let (name, field) = field(registry, "groupedBy", &doc, format!("[{group}]!"), &arguments);
    let reason = "`groups` has pages, orders, conditions and the number of groups.";
    let deprecation = Deprecation::Deprecated { reason: Some(reason.to_owned()) };
    (name, MetaField { deprecation, ..field })
}

fn first() -> Argument {
    Argument { default: Some("20"), ..Argument::new("first", FIRST, ty::<i32>) }
}

/// Registers what is told of a group; returns how a field of that type calls it.
fn group(registry: &mut Registry) -> String {
    let name = "GroupAggregates";
    let called = format!("{name}!");
    if registry.types.contains_key(name) {
        return called;
    }
    let [number, real, date] = [
        <Option<Long> as OutputType>::create_type_info(registry),
        <Option<f64> as OutputType>::create_type_info(registry),
        <Option<Date> as OutputType>::create_type_info(registry),
    ];
    let count = <i32 as OutputType>::create_type_info(registry);
    let values = <Vec<Option<String>> as OutputType>::create_type_info(registry);
    let keys = format!("[{}]!", key(registry));
    let named = "The field or path with the values.";
    let of = |of: &'static str| Argument::new("of", of, ty::<Option<String>>);
    let numbers = of("The field or path with the numbers; that of `groupedBy` unless given.");
    let dates = of("The field or path with the dates; that of `groupedBy` unless given.");
    let fields = [
        field(
            registry,
            "values",
            &["The values, in the order of the fields: a code, a value of an enum, a number, a \
               date, or the id of a record; null where it is unknown."],
            values,
            &[],
        ),
        field(
            registry,
            "keys",
            &["The values, in the order of the fields, with the records that they stand for."],
            keys,
            &[],
        ),
        field(registry, "count", &["How many nodes there are."], count.clone(), &[]),
        field(
            registry,
            "distinct",
            &["How many different values a field has, as the countries or programmes of a group; \
               unknown ones are not counted."],
            count,
            &[Argument::new("of", named, ty::<String>)],
        ),
        field(
            registry,
            "sum",
            &["The sum of the numbers in `of`, in its unit; null where none is known, or where \
               `of` is no number."],
            number.clone(),
            &[numbers],
        ),
        field(
            registry,
            "average",
            &["The mean of the numbers in `of` that are known; null where none is."],
            real.clone(),
            &[numbers],
        ),
        field(
            registry,
            "median",
            &["The median of the numbers in `of` that are known: of an even number of them, the \
               mean of the two in the middle; null where none is."],
            real,
            &[numbers],
        ),
        field(
            registry,
            "min",
            &["The least number in `of`; null where none is known, or where `of` is no number."],
            number.clone(),
            &[numbers],
        ),
        field(
            registry,
            "max",
            &["The greatest number in `of`; null where none is known, or where `of` is no number."],
            number,
            &[numbers],
        ),
        field(
            registry,
            "earliest",
            &["The first date in `of`; null where none is known, or where `of` is no date."],
            date.clone(),
            &[dates],
        ),
        field(
            registry,
            "latest",
            &["The last date in `of`; null where none is known, or where `of` is no date."],
            date,
            &[dates],
        ),
    ];
    let doc = ["Nodes of a list with the same values."];
    registry.types.insert(name.to_owned(), object(name, &doc, fields.into_iter().collect()));
    called
}

/// Registers what is told of a value; returns how a field of that type calls it.
fn key(registry: &mut Registry) -> String {
    let name = "GroupKeyPayload";
    let value = <Option<String> as OutputType>::create_type_info(registry);
    let doc = ["The value, as in `values`; null where it is unknown."];
    let record = [
        "The record that the value stands for; null where it stands for none, as a year does, and \
         where it is unknown or may not be seen.",
    ];
    let fields = [
        field(registry, "value", &doc, value, &[]),
        field(registry, "record", &record, "Node".to_owned(), &[]),
    ];
    let doc = ["A value that nodes have in common."];
    registry.types.insert(name.to_owned(), object(name, &doc, fields.into_iter().collect()));
    format!("{name}!")
}
