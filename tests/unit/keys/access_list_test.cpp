#include "keys/access_list.h"

#include "keys/key_file.h"
#include "support/catch.h"
#include "support/keys.h"
#include "support/temporary_tree.h"

#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

#include <cerrno>
#include <string>
#include <vector>

namespace {

struct Entry {
    unsigned tag, rights, number;
};

constexpr unsigned nobody = 65534;
constexpr unsigned none = 0xffffffff;

std::string attribute_of(const std::vector<Entry>& entries) {
    std::string text("\x02\0\0\0", 4);
    const auto add = [&](unsigned number, int octets) {
        for (; octets > 0; --octets, number >>= 8U) {
            text += static_cast<char>(number & 0xffU);
        }
    };
    for (const Entry& entry : entries) {
        add(entry.tag, 2);
        add(entry.rights, 2);
        add(entry.number, 4);
    }
    return text;
}

// Owner, one user, owning group, mask, others: what setfacl -m u:nobody:r makes of mode 0600.
std::vector<Entry> user_entries(unsigned rights, unsigned mask) {
    return {{1, 6, none}, {2, rights, nobody}, {4, 0, none}, {16, mask, none}, {32, 0, none}};
}

} // namespace

TEST_CASE("the kernel's form of an access control list") {
    const auto list = keys::parse_access_list(attribute_of({{1, 6, none},
                                                            {2, 4, 1000},
                                                            {2, 6, 0x01020304},
                                                            {4, 5, none},
                                                            {8, 6, 7},
                                                            {16, 6, none},
                                                            {32, 4, none}}));
    REQUIRE(list);
    CHECK(list->group == 0040);
    REQUIRE(list->grants.size() == 3);
    CHECK((!list->grants[0].to_group && list->grants[0].number == 1000));
    CHECK((list->grants[0].read && !list->grants[0].write));
    CHECK((list->grants[1].number == 0x01020304 && list->grants[1].write));
    CHECK((list->grants[2].to_group && list->grants[2].number == 7));

    CHECK(keys::parse_access_list(attribute_of(user_entries(6, 1)))->grants.empty()); // masked
    CHECK(keys::parse_access_list(attribute_of(user_entries(1, 7)))->grants.empty()); // only executes
    CHECK(keys::parse_access_list(attribute_of({}))->grants.empty());
    for (const std::string& text : {std::string(), std::string("\x02\0\0", 3), std::string("\x01\0\0\0", 4),
                                    attribute_of(user_entries(4, 4)) + "x"}) {
        CHECK_FALSE(keys::parse_access_list(text));
    }
}

TEST_CASE("a file whose access control list lets others in is refused") {
    const TemporaryTree tree;
    const std::string path = tree.write("key", support::ed25519_pem);
    REQUIRE(::chmod(path.c_str(), 0600) == 0);
    const keys::Reader self = keys::Reader::self();
    CHECK(keys::read_key_file(path, self, true));
    const std::string list = attribute_of(user_entries(4, 4));
    if (::setxattr(path.c_str(), "system.posix_acl_access", list.data(), list.size(), 0) != 0) {
        CHECK(errno == EOPNOTSUPP);
        WARN("the file system of " << path << " has no access control lists");
        return;
    }
    const std::string danger =
        path + ": can be read by user nobody through its access control list (mode 0640, ";
    CHECK(keys::read_key_file(path, self, true).error().starts_with(danger));
    CHECK(keys::KeyFileCheck(self).examine(path).danger.starts_with(danger));
    CHECK(keys::read_key_file(path, self, false));
    REQUIRE(::symlink("key", tree.path("link").c_str()) == 0);
    CHECK(keys::KeyFileCheck(self).examine(tree.path("link")).danger.find("user nobody") !=
          std::string::npos);

    REQUIRE(::chmod(path.c_str(), 0600) == 0); // which is the mask: the list lets nobody in any more
    CHECK(keys::read_key_file(path, self, true));
    CHECK(keys::KeyFileCheck(self).examine(path).danger.empty());
    REQUIRE(::chmod(path.c_str(), 0640) == 0);
    CHECK(keys::KeyFileCheck(self).examine(path).danger.starts_with(danger));

    const std::string inside = tree.write("folder/key", support::ed25519_pem);
    REQUIRE(::chmod(inside.c_str(), 0600) == 0);
    const std::string writes = attribute_of(user_entries(7, 7));
    REQUIRE(::setxattr(tree.path("folder").c_str(), "system.posix_acl_access", writes.data(), writes.size(),
                       0) == 0);
    CHECK(keys::KeyFileCheck(self).examine(inside).danger.starts_with(
        inside + ": " + tree.path("folder") +
        ", above it, can be read and written by user nobody through its access control list"));
}
