-- message, capacity, trace
publish(ARGV[2], ARGV[3], ARGV[4])
return redis.status_reply('OK')
