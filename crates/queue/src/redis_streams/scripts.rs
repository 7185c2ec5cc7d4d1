use redis::Script;

/// The scripts, each with the prelude before it.
pub(super) struct Scripts {
    pub(super) publish: Script,
    pub(super) take: Script,
    pub(super) ack: Script,
    pub(super) retry: Script,
    pub(super) hand_back: Script,
    pub(super) give_up: Script,
    pub(super) extend: Script,
    pub(super) redrive: Script,
    pub(super) depth: Script,
    pub(super) tidy: Script,
}

impl Default for Scripts {
    fn default() -> Self {
        let script = |body| Script::new(&[include_str!("scripts/prelude.lua"), body].concat());
        Self {
            publish: script(include_str!("scripts/publish.lua")),
            take: script(include_str!("scripts/take.lua")),
            ack: script(include_str!("scripts/ack.lua")),
            retry: script(include_str!("scripts/retry.lua")),
            hand_back: script(include_str!("scripts/hand_back.lua")),
            give_up: script(include_str!("scripts/give_up.lua")),
            extend: script(include_str!("scripts/extend.lua")),
            redrive: script(include_str!("scripts/redrive.lua")),
            depth: script(include_str!("scripts/depth.lua")),
            tidy: script(include_str!("scripts/tidy.lua")),
        }
    }
}
