// MariaDB and MySQL, through libmariadb. The query has parameters, each a `?`, which all stand for the name.
#pragma once

#include "keys/source/options.h"
#include "keys/source/source.h"

#include <memory>
#include <string>

namespace keys::source {

[[nodiscard]] std::string mysql_refusal(const Options& options);
[[nodiscard]] std::unique_ptr<Connection> make_mysql(const Options& options);

} // namespace keys::source
