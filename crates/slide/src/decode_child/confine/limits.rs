use std::io;

use rlimit::Resource;

const GIB: u64 = 1 << 30;

/// What the child may use up. The time of a single request is the parent's business; the CPU time
/// here stops a child whose parent died while it was stuck.
const LIMITS: [(Resource, u64); 5] = [
    (Resource::AS, 4 * GIB),
    (Resource::CPU, 2 * 60 * 60),
    (Resource::CORE, 0),
    (Resource::FSIZE, 0),
    (Resource::NOFILE, 256),
];

pub(super) fn set() -> io::Result<()> {
    for (resource, limit) in LIMITS {
        // A limit that is lower already, as in a container, stays.
        let limit = limit.min(resource.get_hard()?);
        resource.set(limit, limit)?;
    }
    Ok(())
}
