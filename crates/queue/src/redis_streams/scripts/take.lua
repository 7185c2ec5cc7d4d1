-- consumer, lease in ms -> { entry, deliveries }, or the ms until a pause is over (-1: none is)
local consumer, lease = ARGV[2], ARGV[3]

local now = now_ms()
for _, text in ipairs(redis.call('ZRANGE', paused, '-inf', now, 'BYSCORE', 'LIMIT', 0, 100)) do
    local place = redis.call('HGET', known, text) or 'paused 0'
    -- Earlier versions wrote no trace.
    local earlier, trace = string.match(place, '^paused (%d+) ?(.*)$')
    -- Else it is an entry already: it was published anew while its record was evicted.
    if earlier then append(text, earlier, trace) end
    redis.call('ZREM', paused, text)
end

local cursor = '0-0'
repeat
    local claimed = redis.pcall('XAUTOCLAIM', messages, group, consumer, lease, cursor, 'COUNT', 1)
    if claimed.err then
        -- The group is not there yet, or was wiped.
        redis.call('XGROUP', 'CREATE', messages, group, '0', 'MKSTREAM')
        break
    end
    local entry = claimed[2][1]
    if entry then return { entry, holder(entry[1])[4] } end
    cursor = claimed[1]
until cursor == '0-0'

local read = redis.call('XREADGROUP', 'GROUP', group, consumer, 'COUNT', 1, 'STREAMS', messages, '>')
if read then return { read[1][2][1], 1 } end

local next_due = redis.call('ZRANGE', paused, 0, 0, 'WITHSCORES')[2]
return next_due and math.max(0, next_due - now) or -1
