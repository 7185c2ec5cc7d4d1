-- What all scripts begin with. Each script is one atomic step of Redis.
--
-- messages  the stream: an entry for each message that is due or in flight; acknowledged ones go
-- known     message -> where it is: the id of its entry, or 'paused N TRACE' after N deliveries
-- wanted    messages in flight that were published again since
-- paused    messages whose pause is not over, by when it will be
-- dead      the stream of dead letters
-- lost      how many messages were lost for want of room
local messages, known, wanted, paused, dead, lost = unpack(KEYS)
local group = ARGV[1]

local function now_ms()
    local time = redis.call('TIME')
    return time[1] * 1000 + math.floor(time[2] / 1000)
end

-- Who holds the entry: { id, consumer, idle ms, deliveries }; nil where nobody does.
local function holder(id)
    local found = redis.pcall('XPENDING', messages, group, id, id, 1)
    -- An error says that the group, and so every delivery, was wiped.
    if found.err then return nil end
    return found[1]
end

-- Whether the entry is still with that very delivery: each one raises the count.
local function is_held(id, deliveries)
    local held = holder(id)
    return held ~= nil and held[4] == tonumber(deliveries)
end

-- The entry that waited longest, nil where none waits.
local function oldest_waiting()
    local last = '0-0'
    local groups = redis.pcall('XINFO', 'GROUPS', messages)
    if groups.err then return nil end
    for _, facts in ipairs(groups) do
        local by_name = {}
        for i = 1, #facts, 2 do by_name[facts[i]] = facts[i + 1] end
        if by_name.name == group then last = by_name['last-delivered-id'] end
    end
    return redis.call('XRANGE', messages, '(' .. last, '+', 'COUNT', 1)[1]
end

local function field_of(entry, name)
    local fields = entry[2]
    for i = 1, #fields, 2 do
        if fields[i] == name then return fields[i + 1] end
    end
end

-- The message of an entry; nil in one that somebody else put there.
local function text_of(entry)
    return field_of(entry, 'message')
end

-- In which trace the message was published, '' where in none: entries of earlier versions have none.
local function trace_of(id)
    local entry = redis.call('XRANGE', messages, id, id)[1]
    return entry and field_of(entry, 'trace') or ''
end

local function append(text, earlier, trace)
    local id = redis.call('XADD', messages, '*', 'message', text, 'earlier', earlier, 'trace', trace)
    redis.call('HSET', known, text, id)
end

-- Appends a message that is not known; where the stream is full one is lost, as in process.
local function append_new(text, capacity, trace)
    if redis.call('HLEN', known) >= tonumber(capacity) then
        redis.call('INCR', lost)
        local oldest = oldest_waiting()
        if not oldest then return end
        redis.call('XDEL', messages, oldest[1])
        local oldest_text = text_of(oldest)
        if oldest_text then redis.call('HDEL', known, oldest_text) end
    end
    append(text, 0, trace)
end

-- Publishes a message: nothing to do where an equal one waits.
local function publish(text, capacity, trace)
    local place = redis.call('HGET', known, text)
    if place and string.sub(place, 1, 6) == 'paused' then
        if redis.call('ZSCORE', paused, text) then return end
    elseif place then
        local entry = redis.call('XRANGE', messages, place, place)[1]
        -- A stream that was wiped may give an id again within the millisecond.
        if entry and text_of(entry) == text then
            if holder(place) then redis.call('SADD', wanted, text) end
            return
        end
    end
    -- Unknown, or known without being there: keys can be evicted or deleted one by one.
    redis.call('HDEL', known, text)
    append_new(text, capacity, trace)
end

-- Ends a delivery. Whether the message has its place still, and no newer entry.
local function release(id, text)
    redis.call('XACK', messages, group, id)
    redis.call('XDEL', messages, id)
    local place = redis.call('HGET', known, text)
    return not place or place == id
end

-- Forgets a message whose delivery ended for good, or delivers it once more if it was published
-- meanwhile.
local function finish(id, text, capacity)
    local trace = trace_of(id)
    if not release(id, text) then return end
    redis.call('HDEL', known, text)
    if redis.call('SREM', wanted, text) == 1 then append_new(text, capacity, trace) end
end
