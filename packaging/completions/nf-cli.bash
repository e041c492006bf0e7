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
	-s|--snapshot-length) return ;;
	-B|--buffer-size) return ;;
	-j|--time-stamp-type) COMPREPLY=($(compgen -W 'host host_lowprec host_hiprec adapter' -- "$cur")); return ;;
	-f|--filter) return ;;
	-F|--filter-file) _filedir; return ;;
	-c|--count) return ;;
	-a|--autostop) COMPREPLY=($(compgen -W 'duration: packets:' -- "$cur")); return ;;
	-w|--output) _filedir; return ;;
	-T|--format) COMPREPLY=($(compgen -W 'csv tsv' -- "$cur")); return ;;
	--profile) COMPREPLY=($(compgen -W 'netflower' -- "$cur")); return ;;
	--columns) return ;;
	--list-columns) [ -n "$split" ] && { COMPREPLY=($(compgen -W 'csv json' -- "$cur")); return; } ;;
	--stats-json) _filedir; return ;;
	--save-pcap) _filedir -d; return ;;
	-b|--ring-buffer) COMPREPLY=($(compgen -W 'duration: interval: filesize: files:' -- "$cur")); return ;;
	-z|--post-command) return ;;
	--idle-timeout) return ;;
	--active-timeout) return ;;
	--close-linger) return ;;
	--max-flows) return ;;
	--threads) return ;;
	--stats-interval) return ;;
	esac
	if [[ $cur == -* ]]; then
		COMPREPLY=($(compgen -W '--read-file= --per-file --reader= --interface= --list-interfaces --wait --snapshot-length= --buffer-size= --no-promiscuous-mode --monitor-mode --immediate-mode --time-stamp-type= --filter= --filter-file= --count= --autostop= --output= --format= --profile= --columns= --list-columns --stats-json= --save-pcap= --ring-buffer= --post-command= --idle-timeout= --active-timeout= --close-linger= --max-flows= --threads= --stats-interval= --quiet --verbose --progress --version --help' -- "$cur"))
		[[ ${COMPREPLY-} == *= ]] && compopt -o nospace
		return
	fi
	_filedir
} && complete -F _nf_cli nf-cli
