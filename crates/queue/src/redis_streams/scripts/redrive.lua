-- id, capacity -> 1, or 0 where there is no such dead letter
local id, capacity = unpack(ARGV, 2)
local letter = redis.call('XRANGE', dead, id, id)[1]
if not letter then return 0 end
redis.call('XDEL', dead, id)
publish(text_of(letter) or '', capacity, field_of(letter, 'trace') or '')
return 1
