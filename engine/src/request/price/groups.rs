//! What groups cost.

use apollo_compiler::ast::Value;
use apollo_compiler::executable::Field;

use super::{
    GROUP, GROUP_FIELD, GROUP_LINK, GROUP_MEASURE, GROUP_MEDIAN, GROUP_RELATION, MOST_GROUP_FIELDS,
};

/// The type of a group.
pub const GROUP_TYPE: &str = "GroupAggregates";
/// The type of one of its values.
pub const GROUP_KEY_TYPE: &str = "GroupKeyPayload";
/// The type of a page of groups.
pub const GROUPS_TYPE: &str = "GroupListPayload";
/// Fields that link tables lead to.
const LINKS: [&str; 9] = [
    "batches",
    "claims",
    "delegations",
    "findings",
    "parts",
    "programmes",
    "topics",
    "venues",
    "workshops",
];
/// What a variable is taken for that names measures: as many as a grouping may have, a median among
/// them.
const VARYING: u64 = 11 * GROUP_MEASURE + GROUP_MEDIAN;

fn argument<'a>(field: &'a Field, name: &str) -> Option<&'a Value> {
    field.arguments.iter().find(|argument| argument.name == name).map(|it| &*it.value)
}

/// The price of the relations that a path follows; a variable is taken to follow two, and a link.
fn relations(path: &Value) -> u64 {
    match path {
        Value::String(path) => {
            let links = path.split('.').filter(|name| LINKS.contains(name)).count();
            GROUP_RELATION * path.matches('.').count() as u64 + GROUP_LINK * links as u64
        }
        Value::Variable(_) => 2 * GROUP_RELATION + GROUP_LINK,
        _ => 0,
    }
}

fn items(value: &Value) -> &[apollo_compiler::Node<Value>] {
    match value {
        Value::List(items) => items,
        _ => &[],
    }
}

/// The price of a grouping for a thousand rows, without what is selected of its groups.
pub fn of_grouping(field: &Field) -> u64 {
    let priced = |path: &Value| GROUP_FIELD + relations(path);
    let by = match (argument(field, "fields"), argument(field, "by")) {
        // These are no paths.
        (Some(Value::Variable(_)), _) => MOST_GROUP_FIELDS * GROUP_FIELD,
        (_, Some(Value::Variable(_))) => {
            MOST_GROUP_FIELDS * (GROUP_FIELD + GROUP_RELATION) + GROUP_LINK
        }
        (Some(Value::List(fields)), _) | (_, Some(Value::List(fields))) => {
            fields.iter().take(MOST_GROUP_FIELDS as usize).map(|path| priced(path)).sum()
        }
        (Some(path), _) | (_, Some(path)) => priced(path),
        (None, None) => 0,
    };
    let measures = ["orderBy", "having"].iter().filter_map(|name| argument(field, name));
    let measures = measures.map(|value| match value {
        Value::Variable(_) => VARYING,
        Value::List(_) => items(value).iter().fold(0, |sum, item| sum + of_input(item)),
        input => of_input(input),
    });
    GROUP + by + measures.fold(0_u64, u64::saturating_add)
}

/// The price of a measure that an input object names.
fn of_input(input: &Value) -> u64 {
    let Value::Object(fields) = input else { return VARYING };
    let given =
        |name: &str| fields.iter().find(|(field, _)| *field == name).map(|(_, value)| &**value);
    let measure = match given("measure") {
        Some(Value::Enum(measure)) if measure == "COUNT" || measure == "VALUES" => 0,
        Some(Value::Enum(measure)) if measure != "MEDIAN" => GROUP_MEASURE,
        _ => GROUP_MEDIAN,
    };
    // The whole list is counted as well.
    let every = if given("every").is_some() { GROUP + GROUP_MEASURE } else { 0 };
    measure + every + given("of").map_or(0, relations)
}

/// The price of a field of a group for a thousand rows.
pub fn of_measure(field: &Field) -> u64 {
    let measure = match field.name.as_str() {
        "median" => GROUP_MEDIAN,
        "distinct" | "sum" | "average" | "min" | "max" | "earliest" | "latest" => {
            // Bounds and sums of the field of the whole grouping were always told.
            match argument(field, "of") {
                Some(_) => GROUP_MEASURE,
                None => return 0,
            }
        }
        _ => return 0,
    };
    measure + argument(field, "of").map_or(0, relations)
}
