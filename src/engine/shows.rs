//! What columns hold, as the API shows it.

use chrono::{NaiveDate, NaiveTime};
use entity::id::CountryCode as CountryCodeId;

use crate::graphql::scalars::{CountryCode, Date, Long, Time, Url};

/// What a column holds, as the API shows it.
pub trait Shows<'a, S> {
    /// It.
    fn show(&'a self) -> S;
}

impl<T: Copy> Shows<'_, T> for T {
    fn show(&self) -> T {
        *self
    }
}

macro_rules! shows {
    ($($held:ty as $shown:ty: $value:ident => $show:expr;)+) => {$(
        impl<'a> Shows<'a, $shown> for $held {
            fn show(&'a self) -> $shown {
                let $value = self;
                $show
            }
        }
    )+};
}

shows! {
    String as &'a str: text => text;
    Option<String> as Option<&'a str>: text => text.as_deref();
    Option<String> as Option<Url>: address => address.clone().map(Url);
    NaiveDate as Date: date => Date(*date);
    Option<NaiveDate> as Option<Date>: date => date.map(Date);
    Option<NaiveTime> as Option<Time>: time => time.map(Time);
    Option<i64> as Option<Long>: number => number.map(Long);
    CountryCodeId as CountryCode: code => CountryCode(code.clone());
}
