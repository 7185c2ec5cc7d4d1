# Sourced: starts `coverslip up` on a free port and exports LOGIN_URL and BASE_URL for the browser.
# The server ends with the script that sourced this.
start_server() { # BINARY DATA_FOLDER [ARGUMENT...]
    server_log=$(mktemp)
    "$1" up --data "$2" --listen 127.0.0.1:0 "${@:3}" >"$server_log" &
    server=$!
    trap 'kill "$server" 2>/dev/null; wait "$server" 2>/dev/null; rm -f "$server_log"' EXIT
    for _ in $(seq 300); do
        LOGIN_URL=$(grep -oE 'http://[^ ]+/login\?code=[^ ]+' "$server_log" || true)
        if [ -n "$LOGIN_URL" ]; then break; fi
        kill -0 "$server" || { echo "coverslip up ended early" >&2; exit 1; }
        sleep 0.1
    done
    BASE_URL=${LOGIN_URL%%/login*}
    export LOGIN_URL BASE_URL
}

stop_server() {
    kill "$server"
    wait "$server" || true
    rm -f "$server_log"
}
