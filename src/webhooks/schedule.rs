//! When a delivery is tried again, and when an endpoint is left alone.

use chrono::TimeDelta;

/// How long to wait behind each attempt that failed: ten attempts over 75 hours and a half.
const WAITS: [TimeDelta; 9] = [
    TimeDelta::seconds(5),
    TimeDelta::minutes(5),
    TimeDelta::minutes(30),
    TimeDelta::hours(2),
    TimeDelta::hours(5),
    TimeDelta::hours(10),
    TimeDelta::hours(14),
    TimeDelta::hours(20),
    TimeDelta::hours(24),
];
/// The longest that a receiver may ask to be left alone.
const LONGEST: TimeDelta = TimeDelta::hours(24);
/// So many failures one after the other, and the endpoint is left alone for a while: then one
/// delivery is tried, and the others when that has been taken.
const ENOUGH: i32 = 5;
const FIRST_REST: TimeDelta = TimeDelta::seconds(30);
const LONGEST_REST: TimeDelta = TimeDelta::minutes(30);
/// An endpoint that has failed for so long is given up.
pub const GIVEN_UP_AFTER: TimeDelta = TimeDelta::days(5);

/// How long to wait after so many failed attempts at a delivery; none where it has been tried often
/// enough. `chance`, from 0 to 1, moves it by a tenth to either side, so that what failed together
/// does not come back together.
pub fn wait(tries: i32, asked: Option<TimeDelta>, chance: f64) -> Option<TimeDelta> {
    let usual = *WAITS.get(usize::try_from(tries - 1).ok()?)?;
    let moved =
        TimeDelta::milliseconds((usual.num_milliseconds() as f64 * (0.9 + 0.2 * chance)) as i64);
    Some(asked.map_or(moved, |asked| asked.min(LONGEST).max(moved)))
}

/// How long to leave an endpoint alone after so many failures one after the other.
pub fn rest(failures: i32, asked: Option<TimeDelta>) -> Option<TimeDelta> {
    let asked = asked.map(|asked| asked.min(LONGEST));
    let beyond = u32::try_from(failures - ENOUGH).ok();
    let rest =
        beyond.map(|beyond| FIRST_REST * (1 << beyond.min(6))).map(|rest| rest.min(LONGEST_REST));
    rest.max(asked)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ten_attempts_take_more_than_three_days() {
        let waits: Vec<TimeDelta> = (1..).map_while(|tries| wait(tries, None, 0.5)).collect();
        assert_eq!(waits.len() + 1, 10);
        let all = waits.iter().sum::<TimeDelta>();
        assert!((TimeDelta::hours(75)..TimeDelta::hours(76)).contains(&all), "{all}");
        for chance in [0.0, 0.3, 1.0] {
            let moved = wait(4, None, chance).unwrap();
            assert!(
                (TimeDelta::minutes(108)..=TimeDelta::minutes(132)).contains(&moved),
                "{moved}"
            );
        }
    }

    #[test]
    fn the_receiver_may_ask_for_more_time_but_not_for_all_of_it() {
        assert_eq!(wait(1, Some(TimeDelta::minutes(1)), 0.5), Some(TimeDelta::minutes(1)));
        assert_eq!(wait(1, Some(TimeDelta::days(900)), 0.5), Some(TimeDelta::hours(24)));
        assert_eq!(wait(3, Some(TimeDelta::seconds(1)), 0.5), Some(TimeDelta::minutes(30)));
        assert_eq!(wait(10, Some(TimeDelta::seconds(1)), 0.5), None);
    }

    #[test]
    fn an_endpoint_rests_longer_the_longer_it_fails() {
        assert_eq!(rest(4, None), None);
        assert_eq!(rest(1, Some(TimeDelta::minutes(2))), Some(TimeDelta::minutes(2)));
        assert_eq!(rest(5, None), Some(TimeDelta::seconds(30)));
        assert_eq!(rest(6, None), Some(TimeDelta::minutes(1)));
        assert_eq!(rest(500, None), Some(TimeDelta::minutes(30)));
    }
}
