-- id, deliveries, message, capacity -> 1, or 0 where the lease was lost
local id, deliveries, text, capacity = unpack(ARGV, 2)
if not is_held(id, deliveries) then return 0 end
finish(id, text, capacity)
return 1
