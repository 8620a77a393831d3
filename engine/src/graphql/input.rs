//! Input objects, declared with `input!`. Their fields are data, and what input objects have in
//! common is compiled once: the library's own derivation makes some thousand lines of code for each
//! of them.

use async_graphql::indexmap::IndexMap;
use async_graphql::registry::{Deprecation, MetaInputValue, MetaType, Registry};
use async_graphql::{InputType, InputValueError, InputValueResult, Name, Pos, Value};

use super::names::camel_case;

/// Enters a type into the registry, with those that it leads to; returns how a field of that type
/// calls it.
pub type Typed = fn(&mut Registry) -> String;

/// A field of an input object.
pub struct Field {
    /// Its name, as the program has it.
    pub name: &'static str,
    /// What it means.
    pub doc: &'static [&'static str],
    /// Its type.
    pub ty: Typed,
    /// What it is where it is not given, if that is not null.
    pub default: Option<fn() -> Value>,
}

/// Registers an input object; returns how a field of that type calls it.
///
/// # Panics
///
/// Where another type has its name, as the library does: a schema with two is none.
pub fn described<T>(registry: &mut Registry, name: &str, doc: &[&str], fields: &[Field]) -> String {
    entered(registry, name, std::any::type_name::<T>(), doc, fields)
}

fn entered(
    registry: &mut Registry,
    name: &str,
    rust: &'static str,
    doc: &[&str],
    fields: &[Field],
) -> String {
    let called = format!("{name}!");
    if let Some(known) = registry.types.get(name) {
        assert_eq!(known.rust_typename(), Some(rust), "two types are called {name}");
        return called;
    }
    let object = |input_fields| MetaType::InputObject {
        name: name.to_owned(),
        description: text(doc),
        input_fields,
        visible: None,
        inaccessible: false,
        tags: Vec::new(),
        rust_typename: Some(rust),
        oneof: false,
        directive_invocations: Vec::new(),
    };
    // Its fields may be of the same type.
    registry.types.insert(name.to_owned(), object(IndexMap::new()));
    let described = |field: &Field| {
        let default = field.default.map(|value| value().to_string());
        value(camel_case(field.name), text(field.doc), (field.ty)(registry), default)
    };
    let fields = fields.iter().map(described).collect();
    registry.types.insert(name.to_owned(), object(fields));
    called
}

/// An argument of a field, or a field of an input object.
pub fn value(
    name: String,
    description: Option<String>,
    ty: String,
    default_value: Option<String>,
) -> (String, MetaInputValue) {
    let described = MetaInputValue {
        name: name.clone(),
        description,
        ty,
        deprecation: Deprecation::NoDeprecated,
        default_value,
        visible: None,
        inaccessible: false,
        tags: Vec::new(),
        is_secret: false,
        directive_invocations: Vec::new(),
    };
    (name, described)
}

/// The lines of a description as one text.
pub fn text(doc: &[&str]) -> Option<String> {
    let text = doc.iter().map(|line| line.trim()).collect::<Vec<_>>().join("\n");
    Some(text.trim().to_owned()).filter(|text| !text.is_empty())
}

/// The fields that were given of an input object.
pub struct Given(IndexMap<Name, Value>);

impl Given {
    /// The value of a field, whose name is as the program has it; what is wrong with it is told
    /// with its name.
    pub fn take<T: InputType>(
        &mut self,
        name: &str,
        default: Option<fn() -> T>,
    ) -> Result<T, String> {
        let name = camel_case(name);
        let value = self.0.swap_remove(name.as_str());
        match (value, default) {
            (None, Some(default)) => Ok(default()),
            (value, _) => T::parse(value)
                .map_err(|error| within(&name, error.into_server_error(Pos::default()).message)),
        }
    }
}

fn within(name: &str, message: String) -> String {
    format!("`{name}`: {message}")
}

/// Reads an input object.
pub fn read<T: InputType>(
    value: Option<Value>,
    fields: impl FnOnce(&mut Given) -> Result<T, String>,
) -> InputValueResult<T> {
    match value.unwrap_or_default() {
        Value::Object(given) => fields(&mut Given(given)).map_err(InputValueError::custom),
        other => Err(InputValueError::expected_type(other)),
    }
}

/// An input object as a value.
pub fn object(fields: Vec<(&'static str, Value)>) -> Value {
    Value::Object(
        fields.into_iter().map(|(name, value)| (Name::new(camel_case(name)), value)).collect(),
    )
}

/// Declares an input object: `field: Type`, `field: Type = default`, and `field as "name": Type`
/// where the name in the API is no name of the language.
#[macro_export]
macro_rules! input {
    (
        $(#[doc = $doc:literal])*
        $(#[derive($($derive:ident),+)])?
        pub struct $name:ident {
            $(
                $(#[doc = $field_doc:literal])*
                $field:ident $(as $called:literal)?: $ty:ty $(= $default:expr)?,
            )*
        }
    ) => {
        $(#[doc = $doc])*
        #[derive(Clone, Debug $($(, $derive)+)?)]
        pub struct $name {
            $($(#[doc = $field_doc])* $field: $ty,)*
        }

        impl async_graphql::InputType for $name {
            type RawValueType = Self;

            fn type_name() -> std::borrow::Cow<'static, str> {
                stringify!($name).into()
            }

            fn create_type_info(registry: &mut async_graphql::registry::Registry) -> String {
                let fields = [$($crate::graphql::input::Field {
                    name: $crate::graphql::input::name!($field $($called)?),
                    doc: &[$($field_doc),*],
                    ty: <$ty as async_graphql::InputType>::create_type_info,
                    default: $crate::graphql::input::default!(
                        |value: $ty| async_graphql::InputType::to_value(&value),
                        $($default)?
                    ),
                }),*];
                $crate::graphql::input::described::<Self>(
                    registry,
                    stringify!($name),
                    &[$($doc),*],
                    &fields,
                )
            }

            fn parse(value: Option<async_graphql::Value>) -> async_graphql::InputValueResult<Self> {
                $crate::graphql::input::read(value, |given| {
                    Ok(Self {
                        $($field: given.take(
                            $crate::graphql::input::name!($field $($called)?),
                            $crate::graphql::input::default!(|value: $ty| value, $($default)?),
                        )?,)*
                    })
                })
            }

            fn to_value(&self) -> async_graphql::Value {
                $crate::graphql::input::object(vec![
                    $((
                        $crate::graphql::input::name!($field $($called)?),
                        async_graphql::InputType::to_value(&self.$field),
                    ),)*
                ])
            }

            fn as_raw_value(&self) -> Option<&Self::RawValueType> {
                Some(self)
            }
        }
    };
}
pub use input;

/// The name of a field of `input!`.
#[macro_export]
macro_rules! name {
    ($field:ident) => {
        stringify!($field)
    };
    ($field:ident $called:literal) => {
        $called
    };
}
pub use name;

/// What is made of the default of a field of `input!`, if it has one.
#[macro_export]
macro_rules! default {
    (|$value:ident: $ty:ty| $made:expr,) => {
        None
    };
    (|$value:ident: $ty:ty| $made:expr, $default:expr) => {
        Some(|| {
            let $value: $ty = $default;
            $made
        })
    };
}
pub use default;
