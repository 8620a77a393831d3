//! Currencies by their codes of ISO 4217.

use crate::error::Refusal;
use crate::phrase::say;
use crate::rule::check::{invalid, short};

/// The codes of ISO 4217 that are in force (list one, without metals, funds, and codes for testing
/// and for none), in their order.
const IN_FORCE: &str = "\
    AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BHD BIF BMD BND BOB BRL BSD BTN BWP BYN BZD \
    CAD CDF CHF CLP CNY COP CRC CUP CVE CZK DJF DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS \
    GIP GMD GNF GTQ GYD HKD HNL HTG HUF IDR ILS INR IQD IRR ISK JMD JOD JPY KES KGS KHR KMF KPW \
    KRW KWD KYD KZT LAK LBP LKR LRD LSL LYD MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MYR \
    MZN NAD NGN NIO NOK NPR NZD OMR PAB PEN PGK PHP PKR PLN PYG QAR RON RSD RUB RWF SAR SBD SCR \
    SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TND TOP TRY TTD TWD TZS UAH UGX \
    USD UYU UZS VED VES VND VUV WST XAF XCD XCG XDR XOF XPF XSU XUA YER ZAR ZMW ZWG";

/// Those that were in force since 1990 and are not any more (list three): what a report of their
/// time states.
const FORMER: &str = "\
    ADP ANG ATS AZM BEF BGL BGN BYB BYR CSD CUC CYP DEM ECS EEK ESP FIM FRF GHC GRD HRD HRK IEP \
    ITL LTL LUF LVL MGF MRO MTL MXP MZM NLG PLZ PTE ROL RUR SDD SIT SKK SLL SRG STD TMM TPE TRL \
    UAK VEB VEF YUM YUN ZAL ZMK ZRN ZWD ZWL";

/// Whether a code is that of a currency.
pub(super) fn check(field: &'static str, code: &str) -> Result<(), Refusal> {
    let mut known = IN_FORCE.split_ascii_whitespace().chain(FORMER.split_ascii_whitespace());
    if known.any(|known| known == code) {
        return Ok(());
    }
    let code = short(code);
    Err(invalid(field, say!("\"{code}\" is not a currency of ISO 4217, such as IDR or USD", code)))
}
