use flow::Urgency;

/// The keys of a lane of a stream, in the order in which every script takes them.
pub(super) struct Keys {
    all: [String; 6],
}

impl Keys {
    pub(super) fn of(prefix: &str, stream: &str, urgency: Urgency) -> Self {
        // The braces keep the keys together where a proxy spreads keys over servers.
        let of_stream = format!("{prefix}:{{{stream}}}");
        let of_lane = match urgency {
            // As it was before there were urgent ones.
            Urgency::Routine => of_stream.clone(),
            Urgency::Urgent => format!("{of_stream}:urgent"),
        };
        let own = |part: &str| format!("{of_lane}:{part}");
        let common = |part: &str| format!("{of_stream}:{part}");
        Self {
            all: [
                own("messages"),
                own("known"),
                own("wanted"),
                own("paused"),
                common("dead"),
                common("lost"),
            ],
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
