#!/usr/bin/perl
# What SpamAssassin makes of a Received-SPF field: one JSON object a line in, one out. It asks nobody.
use strict;
use warnings;
use JSON::PP;
use Mail::SpamAssassin;

my @results = qw(pass neutral none softfail fail permerror temperror);
my $rules = "loadplugin Mail::SpamAssassin::Plugin::Check\nloadplugin Mail::SpamAssassin::Plugin::SPF\nutil_rb_tld test\ndns_available no\n";
for my $result (@results) {
    $rules .= "header MAILFROM_$result eval:check_for_spf_$result()\nheader HELO_$result eval:check_for_spf_helo_$result()\n";
}
my $reader = Mail::SpamAssassin->new({config_text => $rules, local_tests_only => 1, dont_copy_prefs => 1});

$| = 1;
while (my $line = <STDIN>) {
    my $job = decode_json($line);
    my $mail = $reader->parse($job->{message});
    my $status = $reader->check($mail);
    my @hits = grep { /^(?:MAILFROM|HELO)_/ } split /,/, $status->get_names_of_tests_hit();
    print encode_json({results => [sort @hits]}), "\n";
    $status->finish();
    $mail->finish();
}
