-- ms: forgets consumers that hold nothing and were not heard of for so long, as those of processes
-- that ended.
local consumers = redis.pcall('XINFO', 'CONSUMERS', messages, group)
if consumers.err then return redis.status_reply('OK') end
for _, facts in ipairs(consumers) do
    local by_name = {}
    for i = 1, #facts, 2 do by_name[facts[i]] = facts[i + 1] end
    if by_name.pending == 0 and by_name.idle > tonumber(ARGV[2]) then
        redis.call('XGROUP', 'DELCONSUMER', messages, group, by_name.name)
    end
end
return redis.status_reply('OK')
