#include "milter/tool/as_user.h"

#include "support/catch.h"

#include <pwd.h>
#include <unistd.h>

#include <stdexcept>

namespace {

std::string my_number() {
    return std::to_string(geteuid());
}

std::string my_name() {
    const passwd* account = getpwuid(geteuid());
    return account == nullptr ? std::string() : account->pw_name;
}

} // namespace

TEST_CASE("whoever asks for himself answers in this process") {
    CHECK(milter::tool::as_user("", my_number) == my_number());
    CHECK(milter::tool::as_user(my_name(), my_number) == my_number());
}

TEST_CASE("a user that cannot be tried is told from one with whom nothing is wrong") {
    CHECK(milter::tool::as_user("nonesuch", my_number).error() == "there is no such user");
    const passwd* nobody = getpwnam("nobody");
    REQUIRE(nobody != nullptr);
    const auto number = std::to_string(nobody->pw_uid);
    if (geteuid() != 0) {
        CHECK(milter::tool::as_user("nobody", my_number).error() == "only root can try as another user");
        return;
    }
    CHECK(milter::tool::as_user("nobody", my_number) == number);
    CHECK(milter::tool::as_user("nobody", [] { return std::string(); }) == "");
    const pid_t parent = getpid();
    CHECK(milter::tool::as_user("nobody", []() -> std::string {
              throw std::runtime_error("out of luck");
          }).error() == "out of luck");
    CHECK_FALSE(milter::tool::as_user("nobody", []() -> std::string { throw 1; }).has_value());
    CHECK(milter::tool::as_user("nobody", []() -> std::string { _exit(9); }).error() ==
          "the process that was to find out has died");
    CHECK(getpid() == parent); // no child came back as a second copy of the test
}
