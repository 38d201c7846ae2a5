// paraph key: signing keys and the records that publish them.

#include "milter/command_line/app.h"
#include "milter/tool/commands.h"
#include "milter/tool/key_commands.h"

namespace milter::tool {

void add_key(command_line::App& app, Command& chosen) {
    command_line::App* key = app.add_subcommand("key", "Make signing keys, print and check their records");
    key->require_subcommand(1);
    add_key_generate(*key, chosen);
    add_key_list(*key, chosen);
    add_key_show(*key, chosen);
    add_key_check(*key, chosen);
    add_key_test(*key, chosen);
    add_key_import(*key, chosen);
    add_key_publish(*key, chosen);
    add_key_withdraw(*key, chosen);
    add_key_rotate(*key, chosen);
    add_key_retire(*key, chosen);
    add_key_store(*key, chosen);
}

} // namespace milter::tool
