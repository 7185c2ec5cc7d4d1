use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::{DateTime, TimeDelta, Utc};
use ring::digest::{SHA256, digest};
use ring::hmac;
use ring::rand::{SecureRandom, SystemRandom};
use subtle::ConstantTimeEq;

use crate::LocalPath;

/// One person's way to the provider and back.
///
/// All of it follows from one secret, which the browser keeps in a cookie: whoever comes back with
/// a `state` must bring the secret that it was made of. So nothing is kept here meanwhile, and any
/// process of an installation can finish what another one began.
#[derive(Clone)]
pub struct Attempt {
    key: String,
    /// Seconds since 1970.
    began_at: i64,
    to: LocalPath,
}

impl Attempt {
    pub const LIFE: TimeDelta = TimeDelta::minutes(10);

    /// Leads to `to` in the end. `None` where the machine has no random numbers.
    pub fn begin(to: LocalPath, now: DateTime<Utc>) -> Option<Self> {
        let mut key = [0; 32];
        SystemRandom::new().fill(&mut key).ok()?;
        Some(Self {
            key: URL_SAFE_NO_PAD.encode(key),
            began_at: now.timestamp(),
            to,
        })
    }

    /// For the browser to keep, in letters that cookies may have.
    pub fn cookie(&self) -> String {
        let to = URL_SAFE_NO_PAD.encode(self.to.as_str());
        format!("{}.{}.{to}", self.key, self.began_at)
    }

    /// What a browser kept; `None` where it is not as it was given.
    pub fn parse(cookie: &str) -> Option<Self> {
        let mut parts = cookie.split('.');
        let (key, began_at, to) = (parts.next()?, parts.next()?, parts.next()?);
        let is_key = URL_SAFE_NO_PAD.decode(key).is_ok_and(|key| key.len() == 32);
        if parts.next().is_some() || !is_key {
            return None;
        }
        let to = String::from_utf8(URL_SAFE_NO_PAD.decode(to).ok()?).ok()?;
        Some(Self {
            key: key.to_owned(),
            began_at: began_at.parse().ok()?,
            to: LocalPath::parse(&to)?,
        })
    }

    /// Whether it began a moment ago, and with this `state`.
    pub fn is_answered_by(&self, state: &str, now: DateTime<Utc>) -> bool {
        let age = now.timestamp().checked_sub(self.began_at);
        let is_young = age.is_some_and(|age| (0..=Self::LIFE.num_seconds()).contains(&age));
        is_young && bool::from(self.state().as_bytes().ct_eq(state.as_bytes()))
    }

    pub fn to(&self) -> &LocalPath {
        &self.to
    }

    /// Names the attempt to whoever must know it again, without telling anything of it.
    pub fn name(&self) -> String {
        self.derived("name")
    }

    /// Goes through the provider and comes back (RFC 6749, 10.12).
    pub(crate) fn state(&self) -> String {
        self.derived("state")
    }

    /// Comes back in the ID token.
    pub(crate) fn nonce(&self) -> String {
        self.derived("nonce")
    }

    /// Of RFC 7636; 43 characters.
    pub(crate) fn verifier(&self) -> String {
        self.derived("verifier")
    }

    /// Of the method S256.
    pub(crate) fn challenge(&self) -> String {
        URL_SAFE_NO_PAD.encode(digest(&SHA256, self.verifier().as_bytes()))
    }

    /// What one of them is tells nothing of the others.
    fn derived(&self, purpose: &str) -> String {
        let key = hmac::Key::new(hmac::HMAC_SHA256, self.key.as_bytes());
        let (began_at, to) = (self.began_at, self.to.as_str());
        let tag = hmac::sign(&key, format!("{purpose}\n{began_at}\n{to}").as_bytes());
        URL_SAFE_NO_PAD.encode(tag)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn begun(now: DateTime<Utc>) -> Attempt {
        let to = LocalPath::parse("/#/slides/1").expect("local");
        Attempt::begin(to, now).expect("random numbers")
    }

    #[test]
    fn only_the_browser_that_began_can_finish_and_soon() {
        let now = Utc::now();
        let attempt = begun(now);
        let kept = Attempt::parse(&attempt.cookie()).expect("as it was given");
        assert_eq!(kept.to().as_str(), "/#/slides/1");
        let state = attempt.state();
        assert!(kept.is_answered_by(&state, now));
        assert!(kept.is_answered_by(&state, now + TimeDelta::minutes(10)));
        assert!(!kept.is_answered_by(&state, now + TimeDelta::seconds(601)));
        assert!(!kept.is_answered_by(&state, now - TimeDelta::seconds(2)));
        assert!(!begun(now).is_answered_by(&state, now), "another browser");
        assert!(!kept.is_answered_by(&kept.nonce(), now));
        assert!(!kept.is_answered_by("", now));
    }

    #[test]
    fn a_changed_cookie_has_another_state() {
        let now = Utc::now();
        let attempt = begun(now);
        let (key, began_at) = (&attempt.key, attempt.began_at);
        let elsewhere = URL_SAFE_NO_PAD.encode("/elsewhere");
        for changed in [
            format!("{key}.{began_at}.{elsewhere}"),
            format!(
                "{key}.{}.{}",
                began_at + 1,
                URL_SAFE_NO_PAD.encode("/#/slides/1")
            ),
        ] {
            let changed = Attempt::parse(&changed).expect("well formed");
            let later = now + TimeDelta::seconds(5);
            assert!(!changed.is_answered_by(&attempt.state(), later));
        }
        let away = URL_SAFE_NO_PAD.encode("//example.com");
        for bad in [
            String::new(),
            format!("{key}.{began_at}"),
            format!("{key}.{began_at}.{elsewhere}.x"),
            format!("{key}.{began_at}.{away}"),
            format!("short.{began_at}.{elsewhere}"),
            format!("{key}.soon.{elsewhere}"),
        ] {
            assert!(Attempt::parse(&bad).is_none(), "{bad}");
        }
    }

    #[test]
    fn what_is_derived_differs_and_is_as_long_as_it_must_be() {
        let attempt = begun(Utc::now());
        let all = [
            attempt.state(),
            attempt.nonce(),
            attempt.verifier(),
            attempt.name(),
        ];
        for (i, one) in all.iter().enumerate() {
            assert_eq!(one.len(), 43);
            assert!(!all[i + 1..].contains(one));
        }
        assert_ne!(attempt.challenge(), attempt.verifier());
    }
}
