/// The keys of a stream, in the order in which every script takes them.
pub(super) struct Keys {
    all: [String; 6],
}

impl Keys {
    pub(super) fn of(prefix: &str, stream: &str) -> Self {
        // The braces keep the keys together where a proxy spreads keys over servers.
        let parts = ["messages", "known", "wanted", "paused", "dead", "lost"];
        Self {
            all: parts.map(|part| format!("{prefix}:{{{stream}}}:{part}")),
        }
    }

    pub(super) const fn all(&self) -> &[String; 6] {
        &self.all
    }

    pub(super) fn messages(&self) -> &str {
        &self.all[0]
    }

    pub(super) fn dead(&self) -> &str {
        &self.all[4]
    }
}
