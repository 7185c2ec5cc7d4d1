-- consumer, id, deliveries -> 1, or 0 where the lease was lost
local consumer, id, deliveries = unpack(ARGV, 2)
if not is_held(id, deliveries) then return 0 end
redis.call('XCLAIM', messages, group, consumer, 0, id, 'JUSTID')
return 1
