#include "keys/source/workers.h"

#include "support/catch.h"

#include <future>
#include <memory>
#include <string>
#include <thread>
#include <vector>

namespace {

using keys::source::Answer;
using keys::source::Rows;
using keys::source::Time;
using namespace std::chrono_literals;

Time soon() {
    return std::chrono::steady_clock::now() + 30ms;
}
Time far() {
    return std::chrono::steady_clock::now() + 1min;
}

// Hangs at the name "stuck" until it is let go, and throws at "throws".
class TestConnection : public keys::source::Connection {
  public:
    explicit TestConnection(std::shared_future<void> let_go) : let_go_(std::move(let_go)) {}

    Answer look_up(std::string_view name, Time /*deadline*/) override {
        if (name == "stuck") {
            let_go_.wait();
        }
        if (name == "throws") {
            throw std::runtime_error("out of something");
        }
        return Rows{{{std::string(name)}}, 1};
    }

  private:
    std::shared_future<void> let_go_;
};

} // namespace

TEST_CASE("who asks a library that hangs waits until his deadline, and others are answered") {
    std::promise<void> let_go;
    keys::source::Workers workers(
        [future = let_go.get_future().share()] { return std::make_unique<TestConnection>(future); }, 2);
    CHECK(workers.look_up("stuck", soon()).error() == "no answer in time");
    CHECK(workers.look_up("a", far())->rows == std::vector<keys::source::Row>{{"a"}});
    CHECK(workers.look_up("throws", far()).error() == "out of something");
    CHECK(workers.look_up("stuck", soon()).error() == "no answer in time");
    CHECK(workers.look_up("a", soon()).error() == "no answer in time"); // both are stuck
    let_go.set_value();
    CHECK(workers.look_up("a", far())->rows.size() == 1);
}
