#include "keys/access_list.h"

#include <sys/xattr.h>

#include <array>
#include <cerrno>

namespace keys {

namespace {

// linux/posix_acl_xattr.h and linux/posix_acl.h: a version, then entries of tag, rights and number, all of
// them little-endian.
constexpr const char* attribute_name = "system.posix_acl_access";
constexpr std::uint32_t known_version = 2;
constexpr std::size_t header_size = 4;
constexpr std::size_t entry_size = 8;
constexpr std::size_t usual_attribute = 512;
constexpr std::size_t largest_attribute = 65536; // the kernel's bound

constexpr std::uint32_t tag_user = 0x02;
constexpr std::uint32_t tag_owning_group = 0x04;
constexpr std::uint32_t tag_group = 0x08;
constexpr std::uint32_t tag_mask = 0x10;
constexpr std::uint32_t right_read = 4;
constexpr std::uint32_t right_write = 2;
constexpr std::uint32_t all_rights = 7;

std::uint32_t number_at(std::string_view text, std::size_t at, std::size_t octets) {
    std::uint32_t number = 0;
    for (std::size_t i = 0; i < octets; ++i) {
        number |= std::uint32_t{static_cast<unsigned char>(text[at + i])} << (8 * i);
    }
    return number;
}

struct Entry {
    std::uint32_t tag, rights, number;
};

std::vector<Entry> entries_of(std::string_view attribute) {
    std::vector<Entry> entries;
    for (std::size_t at = header_size; at < attribute.size(); at += entry_size) {
        entries.push_back(
            {number_at(attribute, at, 2), number_at(attribute, at + 2, 2), number_at(attribute, at + 4, 4)});
    }
    return entries;
}

std::uint32_t mask_of(const std::vector<Entry>& entries) {
    std::uint32_t mask = all_rights;
    for (const Entry& entry : entries) {
        mask = entry.tag == tag_mask ? entry.rights : mask;
    }
    return mask;
}

template <class Get>
FoundList read_list(Get get) {
    // The kernel clears as much memory as it is offered, for each of 200,000 files.
    std::array<char, usual_attribute> small; // NOLINT(*-member-init): filled by the kernel
    std::vector<char> large;
    char* found = small.data();
    ssize_t size = get(found, small.size());
    if (size < 0 && errno == ERANGE) {
        large.resize(largest_attribute);
        found = large.data();
        size = get(found, large.size());
    }
    if (size < 0) {
        const bool none = errno == ENODATA || errno == EOPNOTSUPP || errno == ENOSYS;
        return none ? FoundList(std::nullopt) : FoundList(base::refuse(int{errno}));
    }
    auto list = parse_access_list({found, static_cast<std::size_t>(size)});
    return list ? FoundList(std::move(list)) : FoundList(base::refuse(int{EBADMSG}));
}

} // namespace

std::optional<AccessList> parse_access_list(std::string_view attribute) {
    if (attribute.size() < header_size || (attribute.size() - header_size) % entry_size != 0 ||
        number_at(attribute, 0, header_size) != known_version) {
        return std::nullopt;
    }
    const auto entries = entries_of(attribute);
    const std::uint32_t mask = mask_of(entries);
    AccessList list;
    for (const Entry& entry : entries) {
        const std::uint32_t rights = entry.rights & mask;
        if (entry.tag == tag_owning_group) {
            list.group = static_cast<mode_t>((rights & all_rights) << 3U);
        } else if ((entry.tag == tag_user || entry.tag == tag_group) &&
                   (rights & (right_read | right_write)) != 0) {
            list.grants.push_back({entry.tag == tag_group, entry.number, (rights & right_read) != 0,
                                   (rights & right_write) != 0});
        }
    }
    return list;
}

FoundList access_list_of(int descriptor) {
    return read_list([=](void* buffer, std::size_t size) {
        return ::fgetxattr(descriptor, attribute_name, buffer, size);
    });
}

FoundList access_list_of(const std::string& path, bool follow_link) {
    const auto get = follow_link ? ::getxattr : ::lgetxattr;
    return read_list(
        [&](void* buffer, std::size_t size) { return get(path.c_str(), attribute_name, buffer, size); });
}

} // namespace keys
