// The subcommands of `paraph key`.
#pragma once

#include "milter/tool/command.h"

namespace CLI {
class App;
}

namespace milter::tool {

void add_key_generate(CLI::App& key, Command& chosen);
void add_key_list(CLI::App& key, Command& chosen);
void add_key_show(CLI::App& key, Command& chosen);
void add_key_check(CLI::App& key, Command& chosen);
void add_key_test(CLI::App& key, Command& chosen);
void add_key_import(CLI::App& key, Command& chosen);
void add_key_publish(CLI::App& key, Command& chosen);
void add_key_withdraw(CLI::App& key, Command& chosen);
void add_key_rotate(CLI::App& key, Command& chosen);
void add_key_retire(CLI::App& key, Command& chosen);
void add_key_store(CLI::App& key, Command& chosen);

} // namespace milter::tool
