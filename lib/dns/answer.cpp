#include "dns/answer.h"

namespace dns {

Answer no_data() {
    Answer answer;
    answer.status = Status::no_data;
    return answer;
}

Answer no_name() {
    Answer answer;
    answer.status = Status::no_name;
    return answer;
}

Answer failed(Failure why) {
    Answer answer;
    answer.failure = why;
    return answer;
}

const char* print(Status status) {
    switch (status) {
    case Status::found:
        return "found";
    case Status::no_data:
        return "no data";
    case Status::no_name:
        return "NXDOMAIN";
    case Status::failed:
        return "failed";
    }
    return "?";
}

const char* print(Failure failure) {
    switch (failure) {
    case Failure::none:
        return "no failure";
    case Failure::timeout:
        return "timeout";
    case Failure::server_failure:
        return "SERVFAIL";
    case Failure::refused:
        return "refused";
    case Failure::malformed:
        return "malformed answer";
    }
    return "?";
}

} // namespace dns
