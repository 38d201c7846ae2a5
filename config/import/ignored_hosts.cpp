#include "config/import/ignored_hosts.h"

#include "base/ascii.h"
#include "base/host_list.h"
#include "base/ip_network.h"
#include "base/secret_text.h"
#include "config/import/data_set.h"
#include "config/import/host_entries.h"

#include <fmt/format.h>

#include <algorithm>

namespace config::import {

namespace {

bool is_loopback(const std::string& entry) {
    return entry.starts_with("127.") || entry.starts_with("::1") || base::iequals(entry, "localhost");
}

bool is_within(const base::IpNetwork& inner, const base::IpNetwork& outer) {
    return inner.length() >= outer.length() && inner.overlaps(outer);
}

class Reader {
  public:
    Reader(Job& job, const Option& option) : job_(job), option_(option) {}

    IgnoredHosts run(const std::vector<SetItem>& items) {
        for (const SetItem& item : items) {
            take(item);
        }
        for (const auto& [network, at] : exceptions_) {
            leave_out_around(network, at);
        }
        for (const Block& block : blocks_) {
            hosts_.blocks.push_back(block.text);
        }
        return std::move(hosts_);
    }

  private:
    struct Block {
        base::IpNetwork network;
        std::string text;
    };

    void take(const SetItem& item) {
        const Option at{option_.name, item.name, item.place, 0};
        if (item.place.column > 1 || item.name.find('[') != std::string::npos) {
            job_.tell(Effect::note, at,
                      fmt::format("{} is left out: opendmarc does not understand a line with {}, so that it "
                                  "matched nobody",
                                  base::quoted(item.name),
                                  item.place.column > 1 ? "blanks at its beginning" : "brackets"));
            return;
        }
        const HostEntry entry = read_host(with_prefix(item.name), false);
        if (entry.strangers) {
            hosts_.everybody = true;
            job_.tell(
                Effect::decide, at,
                fmt::format("{} holds everybody: opendmarc judges no mail at all, and nothing is refused "
                            "for DMARC here either. Take it out and set policy.dmarc",
                            base::quoted(item.name)));
        } else if (entry.text.empty()) {
            job_.tell(Effect::note, at,
                      fmt::format("{} is left out: {}", base::quoted(item.name), entry.why));
        } else if (!is_loopback(entry.text)) {
            add(entry.text, at);
        }
    }

    void add(const std::string& text, const Option& at) {
        const bool judged = text.starts_with('!');
        const auto network = base::IpNetwork::parse(std::string_view(text).substr(judged ? 1 : 0));
        if (network && judged) {
            exceptions_.emplace_back(*network, at);
        } else if (network) {
            blocks_.push_back({*network, text});
        } else if (!judged) {
            job_.tell(
                Effect::decide, at,
                fmt::format("{} is left out: only addresses and blocks are excepted, and mail of this host "
                            "is judged now; see policy.exceptions, client_names",
                            base::quoted(at.value)));
        }
    }

    // An exception of policy cannot have a hole: rather all of it is judged.
    void leave_out_around(const base::IpNetwork& network, const Option& at) {
        std::erase_if(blocks_, [&](const Block& block) {
            if (!is_within(network, block.network)) {
                return false;
            }
            job_.tell(Effect::decide, at,
                      fmt::format("{} is left out, because {} takes a part of it out: its mail is judged "
                                  "now. Write the parts that are to be excepted into policy.exceptions",
                                  block.text, base::quoted(at.value)));
            return true;
        });
    }

    // "10.0.0.0/255.0.0.0", which opendmarc knows beside "10.0.0.0/8".
    static std::string with_prefix(const std::string& text) {
        const auto slash = text.find('/');
        const auto mask = slash == std::string::npos ? std::nullopt : prefix_of_mask(text.substr(slash + 1));
        return mask ? fmt::format("{}/{}", text.substr(0, slash), *mask) : text;
    }

    Job& job_;
    const Option& option_;
    std::vector<Block> blocks_;
    std::vector<std::pair<base::IpNetwork, Option>> exceptions_;
    IgnoredHosts hosts_;
};

} // namespace

IgnoredHosts read_ignored_hosts(Job& job) {
    const Option* option = job.find("IgnoreHosts");
    if (option == nullptr) {
        return {};
    }
    const auto items = read_items({SetKind::file, "", option->value}, option->place, job.base(), job.files());
    if (!items) {
        job.tell(Effect::decide, *option,
                 fmt::format("{}: mail of the hosts in it is judged now", items.error()));
        return {};
    }
    return Reader(job, *option).run(*items);
}

} // namespace config::import
