# SPDX-License-Identifier: GPL-2.0-or-later
# Made by cli/make_docs.py from cli/options.def.

_nf_cli() {
	local cur prev words cword split=
	_init_completion -n = || return
	if [[ $cur == --*=* ]]; then
		prev=${cur%%=*} cur=${cur#*=} split=1
	fi
	case $prev in
	-r|--read-file) _filedir; return ;;
	--reader) COMPREPLY=($(compgen -W 'auto native wiretap' -- "$cur")); return ;;
	-i|--interface) return ;;
	--user) return ;;
	-s|--snapshot-length) return ;;
	-B|--buffer-size) return ;;
	-j|--time-stamp-type) COMPREPLY=($(compgen -W 'host host_lowprec host_hiprec adapter' -- "$cur")); return ;;
	-f|--filter) return ;;
	-F|--filter-file) _filedir; return ;;
	-c|--count) return ;;
	-a|--autostop) COMPREPLY=($(compgen -W 'duration: packets:' -- "$cur")); return ;;
	--tunnels) COMPREPLY=($(compgen -W 'outer inner both' -- "$cur")); return ;;
	--tunnel-port) COMPREPLY=($(compgen -W 'vxlan= vxlan-gpe= geneve= gtp-u= teredo= l2tp= gre-in-udp= mpls= capwap=' -- "$cur")); return ;;
	--checksums) COMPREPLY=($(compgen -W 'ignore verify' -- "$cur")); return ;;
	-w|--output) _filedir; return ;;
	-T|--format) COMPREPLY=($(compgen -W 'csv tsv ndjson zeek zeek-json summary summary-json' -- "$cur")); return ;;
	--summary-json) _filedir; return ;;
	--zeek-time) COMPREPLY=($(compgen -W 'name= tcp_inactivity_timeout= udp_inactivity_timeout= icmp_inactivity_timeout= unknown_ip_inactivity_timeout= interactive_inactivity_timeout= dns_session_timeout= tcp_attempt_delay= tcp_close_delay= tcp_reset_delay= tcp_SYN_timeout= tcp_session_timer= tcp_connection_linger=' -- "$cur")); return ;;
	--local-nets) return ;;
	--uid-seed) return ;;
	--profile) COMPREPLY=($(compgen -W 'netflower netflower-1.0.1 cicflowmeter cicflowmeter-fixed zeek' -- "$cur")); return ;;
	--columns-as) COMPREPLY=($(compgen -W 'cicids2017 csecic2018 cicddos2019' -- "$cur")); return ;;
	--columns) return ;;
	--header) COMPREPLY=($(compgen -W 'names none' -- "$cur")); return ;;
	--time-format) COMPREPLY=($(compgen -W 'epoch iso' -- "$cur")); return ;;
	--timezone) COMPREPLY=($(compgen -W 'UTC local' -- "$cur")); return ;;
	--labels) _filedir; return ;;
	--label-default) return ;;
	--sequence) return ;;
	--community-id-seed) return ;;
	--list-columns) [ -n "$split" ] && { COMPREPLY=($(compgen -W 'csv json jsonschema' -- "$cur")); return; } ;;
	--stats-json) _filedir; return ;;
	--save-pcap) _filedir -d; return ;;
	-b|--ring-buffer) COMPREPLY=($(compgen -W 'duration: interval: filesize: files:' -- "$cur")); return ;;
	-z|--post-command) return ;;
	--idle-timeout) return ;;
	--active-timeout) return ;;
	--close-linger) return ;;
	--max-flows) return ;;
	--max-memory) return ;;
	--threads) return ;;
	--stats-interval) return ;;
	esac
	if [[ $cur == -* ]]; then
		COMPREPLY=($(compgen -W '--read-file= --per-file --reader= --interface= --list-interfaces --wait --user= --sandbox --no-sandbox --snapshot-length= --buffer-size= --no-promiscuous-mode --monitor-mode --immediate-mode --time-stamp-type= --filter= --filter-file= --count= --autostop= --ipv6 --icmp --sctp --all --defrag --decap --tunnels= --tunnel-port= --checksums= --output= --format= --summary-json= --zeek-time= --local-nets= --uid-seed= --profile= --list-profiles --columns-as= --columns= --header= --time-format= --timezone= --labels= --label-default= --sequence= --community-id-seed= --list-columns --stats-json= --save-pcap= --ring-buffer= --post-command= --idle-timeout= --active-timeout= --close-linger= --max-flows= --max-memory= --threads= --stats-interval= --quiet --verbose --progress --version --help' -- "$cur"))
		[[ ${COMPREPLY-} == *= ]] && compopt -o nospace
		return
	fi
	_filedir
} && complete -F _nf_cli nf-cli
