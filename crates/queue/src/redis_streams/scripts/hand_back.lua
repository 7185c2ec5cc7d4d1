-- id, deliveries, message, earlier deliveries -> 1, or 0 where the lease was lost
local id, deliveries, text, earlier = unpack(ARGV, 2)
if not is_held(id, deliveries) then return 0 end
redis.call('SREM', wanted, text)
local trace = trace_of(id)
if release(id, text) then append(text, earlier, trace) end
return 1
