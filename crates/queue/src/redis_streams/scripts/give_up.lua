-- id, deliveries, message, capacity, deliveries in all, reason, dead letters kept -> 1, or 0 where
-- the lease was lost
local id, deliveries, text, capacity, attempts, reason, n_kept = unpack(ARGV, 2)
if not is_held(id, deliveries) then return 0 end
redis.call('XADD', dead, 'MAXLEN', n_kept, '*',
    'message', text, 'attempts', attempts, 'reason', reason, 'trace', trace_of(id))
finish(id, text, capacity)
return 1
