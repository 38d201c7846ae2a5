#!/usr/bin/perl
# The names of the rules that a message on standard input hits. The one argument is a file of rules. Asks nobody.
use strict;
use warnings;
use Mail::SpamAssassin;

local $/;
open my $file, '<', $ARGV[0] or die "$ARGV[0]: $!\n";
my $rules = "loadplugin Mail::SpamAssassin::Plugin::Check\nloadplugin Mail::SpamAssassin::Plugin::SPF\n"
    . "util_rb_tld test\ndns_available no\n" . <$file>;
my $reader = Mail::SpamAssassin->new({config_text => $rules, local_tests_only => 1, dont_copy_prefs => 1});
my $mail = $reader->parse(<STDIN>);
print $reader->check($mail)->get_names_of_tests_hit(), "\n";
