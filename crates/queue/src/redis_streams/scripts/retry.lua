-- id, deliveries, message, deliveries in all, pause in ms -> 1, or 0 where the lease was lost
local id, deliveries, text, attempts, pause = unpack(ARGV, 2)
if not is_held(id, deliveries) then return 0 end
redis.call('SREM', wanted, text)
local trace = trace_of(id)
if release(id, text) then
    redis.call('HSET', known, text, 'paused ' .. attempts .. ' ' .. trace)
    redis.call('ZADD', paused, now_ms() + pause, text)
end
return 1
