// The subcommands of `paraph key`.
#pragma once

#include "milter/tool/command.h"

namespace milter::command_line {
class App;
}

namespace milter::tool {

void add_key_generate(command_line::App& key, Command& chosen);
void add_key_list(command_line::App& key, Command& chosen);
void add_key_show(command_line::App& key, Command& chosen);
void add_key_check(command_line::App& key, Command& chosen);
void add_key_test(command_line::App& key, Command& chosen);
void add_key_import(command_line::App& key, Command& chosen);
void add_key_publish(command_line::App& key, Command& chosen);
void add_key_withdraw(command_line::App& key, Command& chosen);
void add_key_rotate(command_line::App& key, Command& chosen);
void add_key_retire(command_line::App& key, Command& chosen);
void add_key_store(command_line::App& key, Command& chosen);

} // namespace milter::tool
