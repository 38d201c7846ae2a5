// Telling systemd how we are (sd_notify); does nothing when it did not start us.
#pragma once

namespace milter::daemon {

void notify_ready();
void notify_reloading();
void notify_stopping();

} // namespace milter::daemon
