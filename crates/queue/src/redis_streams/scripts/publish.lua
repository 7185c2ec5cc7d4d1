-- message, capacity
publish(ARGV[2], ARGV[3])
return redis.status_reply('OK')
