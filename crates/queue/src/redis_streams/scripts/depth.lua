-- -> { entries, in flight, paused, dead, lost, ms for which the next message has been due }
local pending = redis.pcall('XPENDING', messages, group)
local now, due = now_ms(), nil
local oldest = oldest_waiting()
if oldest then due = tonumber(string.match(oldest[1], '^%d+')) end
local resumed = redis.call('ZRANGE', paused, 0, 0, 'WITHSCORES')[2]
if resumed then due = math.min(due or now, tonumber(resumed)) end
return {
    redis.call('XLEN', messages),
    pending.err and 0 or pending[1],
    redis.call('ZCARD', paused),
    redis.call('XLEN', dead),
    tonumber(redis.call('GET', lost) or 0),
    due and math.max(0, now - due) or 0,
}
