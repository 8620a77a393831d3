//! What of the address of a database may be shown.

/// A database URL without its password, wherever it stands: beside the user, or among the
/// parameters.
pub fn redact(url: &str) -> String {
    let Some((scheme, rest)) = url.split_once("://") else { return url.to_owned() };
    let parameter = |parameter: &str| match parameter.split_once('=') {
        Some((name, _)) if name.eq_ignore_ascii_case("password") => format!("{name}=***"),
        _ => parameter.to_owned(),
    };
    let rest = match rest.split_once('?') {
        Some((rest, all)) => {
            format!("{rest}?{}", all.split('&').map(parameter).collect::<Vec<_>>().join("&"))
        }
        None => rest.to_owned(),
    };
    // Whatever stands before the last `@`, as a password may have characters that it must not have
    // in a URL.
    match rest
        .rsplit_once('@')
        .and_then(|(credentials, host)| Some((credentials.split_once(':')?.0, host)))
    {
        Some((user, host)) => format!("{scheme}://{user}:***@{host}"),
        None => format!("{scheme}://{rest}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_is_not_shown() {
        assert_eq!(redact("postgres://ann:s3c@r:et@db/x"), "postgres://ann:***@db/x");
        assert_eq!(redact("postgres://ann@db/x"), "postgres://ann@db/x");
        assert_eq!(
            redact("postgres://db/x?user=ann&password=s@c&a=b"),
            "postgres://db/x?user=ann&password=***&a=b"
        );
        assert_eq!(redact("postgres://ann:s?c@db/x"), "postgres://ann:***@db/x");
        assert_eq!(redact("sqlite://file.sqlite"), "sqlite://file.sqlite");
    }
}
