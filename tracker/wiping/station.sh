#!/bin/sh
# Ricochet wiping station: sends the reports of a boot stick to the tracker, signed.
#
#   sh station.sh               collect, send, say what was received
#   sh station.sh FILE…         send these files too
#   sh station.sh --watch       again and again, until it is stopped
#   sh station.sh --enrol CODE  tie this stick to the tracker, once (the code may come from a scanner)
#   sh station.sh --status      what is enrolled, what still waits
#
# Needs a POSIX shell, sha256sum, and curl (or GNU wget, where a system has that alone). Keeps everything beside itself, in "ricochet/": what was not received yet
# is in ricochet/spool and is never lost by a bad network. Settings: station.conf beside this file, or inside. Where the
# system knows no certificate authorities, those in a file ca.pem beside this one are trusted; never anybody else.
# shellcheck disable=SC1111,SC2018,SC2019  # typographic quotes are meant; letters are of the alphabet alone
set -u

SERVER_OF_THIS_COPY="@SERVER@"
LANGUAGE_OF_THIS_COPY="@LANGUAGE@"
FORMAT=ricochet-station-1
LETTERS=BCDFGHJKLNPRSTVX
TRIES=${RICOCHET_TRIES:-8}       # how often a go is tried while the network fails
WAIT_S=${RICOCHET_WAIT_S:-2}     # seconds before the second try; doubled each time, 60 at most
CALL_S=${RICOCHET_CALL_S:-120}   # seconds a call may take
WATCH_S=${RICOCHET_WATCH_S:-20}
SHIFT_S=0                        # what our clock lacks, as the server told

# ------------------------------------------------------------------------------------------------ words

case "${LC_ALL:-${LC_MESSAGES:-${LANG:-}}}" in
    fr*) TONGUE=fr ;;
    en*) TONGUE=en ;;
    *) TONGUE="" ;;
esac
LC_ALL=C
export LC_ALL

# say ENGLISH FRENCH [VALUE…]: a line; values stand where the text has %s.
say() {
    if [ "$TONGUE" = fr ]; then said=$2; else said=$1; fi
    shift 2
    # shellcheck disable=SC2059  # the texts are this file's own
    printf "$said\n" "$@"
}

# ------------------------------------------------------------------------------------------------ signing

# escapes HEX MASK: each byte, exclusive-or MASK, as an octal escape for printf.
escapes() {
    hex=$1 made=""
    while [ -n "$hex" ]; do
        rest=${hex#??}
        made="$made$(printf '\\%03o' $((0x${hex%"$rest"} ^ $2)))"
        hex=$rest
    done
    printf '%s' "$made"
}

# use_key HEX: get ready for hmac (RFC 2104, a key of at most 64 bytes).
use_key() {
    padded=$1
    while [ ${#padded} -lt 128 ]; do padded=${padded}00; done
    INNER=$(escapes "$padded" 54)
    OUTER=$(escapes "$padded" 92)
}

# hmac TEXT: HMAC-SHA256 under the key of use_key, in hexadecimal.
# shellcheck disable=SC2059  # octal escapes alone
hmac() {
    inner=$({ printf "$INNER"; printf '%s' "$1"; } | sha256sum)
    { printf "$OUTER"; printf "$(escapes "${inner%% *}" 0)"; } | sha256sum | cut -c1-64
}

hash_of_file() {
    hashed=$(sha256sum < "$1") && printf '%s' "${hashed%% *}"
}

# ------------------------------------------------------------------------------------------------ settings

# setting NAME: its last value in station.conf, without quotes and without the carriage return of a Windows editor.
setting() {
    for conf in "$STATE/station.conf" "$HOME_DIR/station.conf"; do
        [ -f "$conf" ] || continue
        found=$(tr -d '\r' < "$conf" | sed -n "s/^$1=//p" | tail -n 1)
        if [ -n "$found" ]; then printf '%s' "$found"; return; fi
    done
}

prepare() {
    HOME_DIR=$(cd "$(dirname "$0")" && pwd) || exit 2
    STATE=$HOME_DIR/ricochet
    KEPT=yes
    if ! mkdir -p "$STATE/spool" "$STATE/sent" "$STATE/refused" 2>/dev/null || ! : 2>/dev/null > "$STATE/.try"; then
        KEPT=no
        STATE=${TMPDIR:-/tmp}/ricochet-station
        mkdir -p "$STATE/spool" "$STATE/sent" "$STATE/refused" || exit 2
    fi
    rm -f "$STATE/.try"
    SERVER=$(setting SERVER)
    [ -n "$SERVER" ] || SERVER=$SERVER_OF_THIS_COPY
    SERVER=${SERVER%/}
    STATION=$(setting STATION)
    SECRET=$(setting SECRET)
    [ -n "$TONGUE" ] || TONGUE=$(setting LANGUAGE)
    [ -n "$TONGUE" ] || TONGUE=$LANGUAGE_OF_THIS_COPY
    ANSWER=$STATE/answer.$$
    trap 'rm -f "$ANSWER"' EXIT
    trap 'exit 130' INT TERM
    BY=curl
    if ! command -v curl > /dev/null 2>&1 && wget --help 2>&1 | grep -q -e --content-on-error; then BY=wget; fi
    CA=$HOME_DIR/ca.pem
    [ -s "$CA" ] || CA=""
    for tool in "$BY" sha256sum sed tr cut od; do
        command -v "$tool" > /dev/null 2>&1 && continue
        say "The program “%s” is missing on this system: the station cannot work here." \
            "Le programme « %s » manque sur ce système : la station ne peut pas fonctionner ici." "$tool"
        exit 2
    done
    if [ "$KEPT" = no ]; then
        say "The stick cannot be written: what is not received is lost when this computer is switched off." \
            "La clé est en lecture seule : ce qui n’est pas reçu sera perdu à l’arrêt de l’ordinateur."
    fi
}

# answered NAME: the value of that line of the last answer.
answered() {
    sed -n "s/^$1=//p" "$ANSWER" 2>/dev/null | head -n 1
}

# call PATH NAME=VALUE… [@FILE]: sends them as a form; sets STATUS (000 where nobody answered) and FAULT (as curl counts).
call() {
    path=$1
    shift
    : > "$ANSWER"
    "by_$BY" "$@"
    FAULT_TEXT=$(head -n 1 "$ANSWER.fault")
    rm -f "$ANSWER.fault" "$ANSWER.body"
    [ "$FAULT" -eq 0 ] || STATUS=000
}

by_curl() {
    left=$#
    while [ "$left" -gt 0 ]; do
        case "$1" in
            @*) set -- "$@" -F "file=$1;filename=report" ;;
            *) set -- "$@" --form-string "$1" ;;
        esac
        shift
        left=$((left - 1))
    done
    [ -z "$CA" ] || set -- "$@" --cacert "$CA"
    STATUS=$(curl -sS --connect-timeout 15 --max-time "$CALL_S" -o "$ANSWER" -w '%{http_code}' \
        -H 'Accept: text/plain' -H "Accept-Language: $TONGUE" "$@" "$SERVER/api/v1/station/$path" 2> "$ANSWER.fault")
    FAULT=$?
}

by_wget() {
    border=ricochet$(random_hex)
    {
        for part in "$@"; do
            printf -- '--%s\r\nContent-Disposition: form-data; name=' "$border"
            case "$part" in
                @*) printf '"file"; filename="report"\r\nContent-Type: application/octet-stream\r\n\r\n'
                    cat "${part#@}" ;;
                *) printf '"%s"\r\n\r\n%s' "${part%%=*}" "${part#*=}" ;;
            esac
            printf '\r\n'
        done
        printf -- '--%s--\r\n' "$border"
    } > "$ANSWER.body"
    set -- "$SERVER/api/v1/station/$path"
    [ -z "$CA" ] || set -- --ca-certificate="$CA" "$@"
    wget -nv -S --content-on-error --tries=1 --max-redirect=0 --connect-timeout=15 --read-timeout="$CALL_S" \
        -O "$ANSWER" --header 'Accept: text/plain' --header "Accept-Language: $TONGUE" --post-file="$ANSWER.body" \
        --header "Content-Type: multipart/form-data; boundary=$border" "$@" 2> "$ANSWER.fault"
    case $? in
        0 | 8) FAULT=0 ;;
        5) FAULT=60 ;;
        *) FAULT=7 ;;
    esac
    STATUS=$(sed -n 's/^ *HTTP\/[0-9.]* \([0-9][0-9][0-9]\).*/\1/p' "$ANSWER.fault" | tail -n 1)
    [ -n "$STATUS" ] || STATUS=000
}

tell_no_answer() {
    case "$FAULT" in
        35 | 51 | 58 | 60 | 77)
            say "The secure connection was refused. The clock says %s: is that right? If so, ca.pem is missing here." \
                "Connexion sécurisée refusée. L’horloge indique %s : est-ce juste ? Si oui, il manque ici ca.pem." \
                "$(date '+%Y-%m-%d %H:%M')" ;;
        0) say "The tracker cannot take it now (%s)." "Le suivi ne peut pas répondre maintenant (%s)." "$STATUS" ;;
        *) say "No answer from %s: is the network connected? (%s)" \
            "Pas de réponse de %s : le réseau est-il branché ? (%s)" "$SERVER" "$FAULT_TEXT" ;;
    esac
}

tell_refusal() {
    why=$(answered refused)
    [ -n "$why" ] || why="HTTP $STATUS"
    say "Refused: %s" "Refusé : %s" "$why"
}

# ------------------------------------------------------------------------------------------------ enrolment

random_hex() {
    od -An -N16 -tx1 /dev/urandom | tr -d ' \n'
}

# enrol TYPED: the last twelve letters of what was typed or scanned are the code.
enrol() {
    code=$(printf '%s' "$1" | tr 'a-z' 'A-Z' | tr -cd "$LETTERS")
    if [ ${#code} -lt 12 ]; then
        say "A code has twelve letters: scan it, or read it on the page “Wiping stations” of the tracker." \
            "Un code compte douze lettres : scannez-le, ou lisez-le sur la page « Postes d’effacement » du suivi."
        return 2
    fi
    while [ ${#code} -gt 12 ]; do code=${code#?}; done
    mark=$(random_hex)
    try=1 wait=$WAIT_S
    while :; do
        call enrol "code=$code" "mark=$mark"
        case "$STATUS" in
            200) keep_enrolment; return $? ;;
            000 | 408 | 429 | 5??) tell_no_answer ;;
            *) tell_refusal; return 3 ;;
        esac
        [ "$try" -lt "$TRIES" ] || return 1
        pause
    done
}

keep_enrolment() {
    station=$(answered station) secret=$(answered secret)
    if [ -z "$station" ] || [ ${#secret} -ne 64 ]; then
        say "The tracker’s answer is not whole. Try again." "La réponse du suivi est incomplète. Recommencez."
        return 1
    fi
    umask 077
    {
        printf 'SERVER=%s\nSTATION=%s\nSECRET=%s\nLANGUAGE=%s\n' "$SERVER" "$station" "$secret" "$TONGUE"
    } > "$STATE/station.conf.new" && mv -f "$STATE/station.conf.new" "$STATE/station.conf" || return 1
    sync
    STATION=$station SECRET=$secret
    say "Enrolled as “%s”." "Poste inscrit : « %s »." "$(answered name)"
}

must_be_enrolled() {
    if [ -n "$STATION" ] && [ ${#SECRET} -eq 64 ]; then return 0; fi
    given=$(setting CODE)
    if [ -z "$given" ] && [ -t 0 ]; then
        say "This stick is not enrolled. Scan the code of the page “Wiping stations”, or type it:" \
            "Cette clé n’est pas inscrite. Scannez le code de la page « Postes d’effacement », ou tapez-le :"
        read -r given || given=""
    fi
    if [ -z "$given" ]; then
        say "This stick is not enrolled: run “sh %s --enrol CODE”." \
            "Cette clé n’est pas inscrite : lancez « sh %s --enrol CODE »." "$0"
        return 2
    fi
    enrol "$given"
}

# ------------------------------------------------------------------------------------------------ collecting

# keep FILE [NAME]: into the spool, unless it was received or waits already. Whole or not at all.
keep() {
    [ -f "$1" ] && [ -s "$1" ] && [ -r "$1" ] || return 0
    name=$(printf '%s' "${2:-${1##*/}}" | tr -c 'A-Za-z0-9._-' '_')
    case "$name" in [A-Za-z0-9]*) ;; *) name=r$name ;; esac
    while [ ${#name} -gt 110 ]; do name=${name#?}; done
    case "$name" in [A-Za-z0-9]*) ;; *) name=r$name ;; esac
    [ -z "$TAG" ] || name=$TAG-$name
    sum=$(hash_of_file "$1") || return 0
    if [ -e "$STATE/sent/$sum" ]; then return 0; fi
    for there in "$STATE/spool/$sum"-* "$STATE/refused/$sum"-*; do [ -e "$there" ] && return 0; done
    cp "$1" "$STATE/new.$$" || return 1
    # A log that grew meanwhile is taken at the next go.
    if [ "$(hash_of_file "$STATE/new.$$")" != "$sum" ]; then rm -f "$STATE/new.$$"; return 0; fi
    mv "$STATE/new.$$" "$STATE/spool/$sum-$name"
}

nwipe_runs() {
    pidof "$WIPER" > /dev/null 2>&1
}

collect() {
    WIPER=$(setting WIPER)
    [ -n "$WIPER" ] || WIPER=nwipe
    if nwipe_runs; then
        say "nwipe is still at work: its log is sent when it is done." \
            "nwipe travaille encore : son journal sera envoyé à la fin."
    else
        # ShredOS writes into /, and moves into /sent or /exported what it has copied onto the stick or sent elsewhere.
        for file in /nwipe_log* /sent/nwipe_log* /exported/nwipe_log* /root/nwipe_log* "$HOME_DIR"/nwipe_log*; do keep "$file"; done
    fi
    for file in "$HOME_DIR"/reports/*; do keep "$file"; done
    more=$(setting LOGS)
    # shellcheck disable=SC2086  # several patterns may stand there
    for file in $more; do keep "$file"; done
}

# inventory: what this computer and its drives are, once each time it is started.
inventory() {
    [ "$(setting INVENTORY)" != no ] || return 0
    boot=$(cat /proc/sys/kernel/random/boot_id 2>/dev/null) || return 0
    [ "$(cat "$STATE/inventoried" 2>/dev/null)" != "$boot" ] || return 0
    if [ "$(id -u)" != 0 ]; then return 0; fi
    box=$STATE/box.$$
    mkdir -p "$box" || return 0
    if command -v lshw > /dev/null 2>&1; then lshw -json > "$box/lshw.json" 2>/dev/null; fi
    if command -v dmidecode > /dev/null 2>&1; then dmidecode > "$box/dmidecode.txt" 2>/dev/null; fi
    if command -v smartctl > /dev/null 2>&1; then
        smartctl --scan 2>/dev/null | while read -r drive _; do
            smartctl -j -a "$drive" > "$box/smartctl-${drive##*/}.json" 2>/dev/null
        done
    fi
    for file in "$box"/*; do keep "$file"; done
    rm -rf "$box"
    printf '%s\n' "$boot" > "$STATE/inventoried"
}

# ------------------------------------------------------------------------------------------------ sending

# next_counter: one more than the last; written before it is used, so that it never comes twice from this stick.
next_counter() {
    counter=$(cat "$STATE/counter" 2>/dev/null)
    case "$counter" in '' | *[!0-9]*) counter=0 ;; esac
    counter=$((counter + 1))
    printf '%s\n' "$counter" > "$STATE/counter"
}

# send FILE (in the spool): 0 received, 1 later, 2 this file is refused, 3 this station is refused.
send() {
    sum=${1%%-*} name=${1#*-}
    if [ "$(hash_of_file "$1")" != "$sum" ]; then
        say "%s was damaged on the stick: it is set aside in ricochet/refused." \
            "%s a été abîmé sur la clé : il est mis de côté dans ricochet/refused." "$name"
        mv "$1" "$STATE/refused/"
        return 2
    fi
    mends=0
    while :; do
        next_counter
        moment=$(($(date +%s) + SHIFT_S))
        signature=$(hmac "$FORMAT
$STATION
$moment
$counter
$sum
$name
")
        call reports "station=$STATION" "name=$name" "time=$moment" "counter=$counter" "signature=$signature" "@$1"
        mends=$((mends + 1))
        [ "$mends" -le 4 ] && mend && continue
        break
    done
    judge "$1"
}

# mend: whether the refusal is one that we can put right by ourselves, our clock or our counter; then it is done.
mend() {
    case "$STATUS" in 409 | 422) ;; *) return 1 ;; esac
    clock=$(answered clock)
    if [ -n "$clock" ]; then
        SHIFT_S=$((clock - $(date +%s)))
        say "The clock of this computer is wrong: the tracker’s is used." \
            "L’horloge de cet ordinateur est fausse : celle du suivi est utilisée."
        return 0
    fi
    last=$(answered counter)
    [ -n "$last" ] || return 1
    printf '%s\n' "$last" > "$STATE/counter"
}

judge() {
    case "$STATUS" in
        200)
            # Nothing is taken for received unless the answer names the very file.
            if [ "$(answered received)" != "$sum" ]; then
                say "The answer does not name the file: it is sent again." \
                    "La réponse ne nomme pas le fichier : il sera renvoyé."
                return 1
            fi
            : > "$STATE/sent/$sum"
            rm -f "$1"
            sync
            tell_receipt ;;
        401 | 403) tell_refusal; return 3 ;;
        400 | 404 | 409 | 413 | 422)
            tell_refusal
            mv "$1" "$STATE/refused/"
            return 2 ;;
        *) tell_no_answer; return 1 ;;
    esac
}

tell_receipt() {
    say "Received: %s (%s)" "Reçu : %s (%s)" "$name" "$(answered kind)"
    while IFS= read -r line; do
        case "$line" in
            device=?*) say "   device %s" "   appareil %s" "${line#device=}" ;;
            drive=*) printf '   %s\n' "${line#drive=}" ;;
            note=?*) printf '   ! %s\n' "${line#note=}" ;;
        esac
    done < "$ANSWER"
}

pause() {
    say "Next try in %s s." "Nouvel essai dans %s s." "$wait"
    sleep "$wait"
    try=$((try + 1)) wait=$((wait * 2))
    [ "$wait" -le 60 ] || wait=60
}

# send_all: 0 everything is received, 1 some waits, 2 some is refused, 3 the station is refused.
send_all() {
    cd "$STATE/spool" || return 1
    try=1 wait=$WAIT_S REFUSED=0 RECEIVED=0
    while :; do
        waits=0
        for file in *; do
            [ -f "$file" ] || continue
            send "$file"
            case $? in
                0) RECEIVED=$((RECEIVED + 1)) ;;
                1) waits=1; break ;;
                2) REFUSED=$((REFUSED + 1)) ;;
                *) return 3 ;;
            esac
        done
        [ "$waits" -eq 1 ] || break
        if [ "$try" -ge "$TRIES" ]; then return 1; fi
        pause
    done
    [ "$REFUSED" -eq 0 ] || return 2
}

count() {
    counted=0
    for file in "$1"/*; do [ ! -f "$file" ] || counted=$((counted + 1)); done
    printf '%s' "$counted"
}

go() {
    inventory
    collect
    if [ "$(count "$STATE/spool")" -eq 0 ]; then
        [ "$WATCHES" = yes ] || say "Nothing new to send." "Rien de nouveau à envoyer."
        return 0
    fi
    send_all
    outcome=$?
    case $outcome in
        0)
            if nwipe_runs; then return 0; fi
            say "Received, you may remove the stick." "Reçu, vous pouvez retirer la clé." ;;
        1)
            say "NOT everything is received: %s file(s) wait on the stick. Run this again when the network is there." \
                "TOUT n’est PAS reçu : %s fichier(s) attendent sur la clé. Relancez quand le réseau est là." \
                "$(count "$STATE/spool")" ;;
        2) say "The rest is received. What was refused is kept in ricochet/refused." \
            "Le reste est reçu. Ce qui a été refusé est gardé dans ricochet/refused." ;;
        3) say "Nothing more is sent. %s file(s) wait on the stick." \
            "Plus rien n’est envoyé. %s fichier(s) attendent sur la clé." "$(count "$STATE/spool")" ;;
    esac
    return $outcome
}

status() {
    if [ -n "$STATION" ]; then
        say "Station %s of %s." "Station %s de %s." "$STATION" "$SERVER"
    else
        say "Not enrolled at %s." "Non inscrite auprès de %s." "$SERVER"
    fi
    say "%s received, %s wait, %s refused." "%s reçus, %s en attente, %s refusés." \
        "$(count "$STATE/sent")" "$(count "$STATE/spool")" "$(count "$STATE/refused")"
}

main() {
    TAG="" WATCHES=no
    prepare
    while [ $# -gt 0 ]; do
        case "$1" in
            --enrol) enrol "${2:-}"; return $? ;;
            --status) status; return 0 ;;
            --watch) WATCHES=yes ;;
            --tag) TAG=$(printf '%s' "${2:-}" | tr 'a-z' 'A-Z' | tr -cd "$LETTERS"); shift ;;
            -*) sed -n '2,8s/^# \{0,1\}//p' "$0"; [ "$1" = --help ]; return $? ;;
            *) break ;;
        esac
        shift
    done
    must_be_enrolled || return $?
    use_key "$SECRET"
    for file in "$@"; do
        [ -f "$file" ] || say "There is no file %s." "Il n’y a pas de fichier %s." "$file"
        keep "$file"
    done
    while :; do
        (go)
        outcome=$?
        if [ "$WATCHES" = no ] || [ $outcome -eq 3 ]; then return $outcome; fi
        sleep "$WATCH_S"
    done
}

[ "${RICOCHET_FUNCTIONS_ONLY:-}" = yes ] || main "$@"
