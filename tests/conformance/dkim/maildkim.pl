#!/usr/bin/perl
# Mail::DKIM for the cross-checks: one JSON object a line in, one out. Keys come from the job, never from the DNS.
use strict;
use warnings;

use JSON::PP;
use MIME::Base64;
use Mail::DKIM::Signer;
use Mail::DKIM::Verifier;
use Net::DNS::RR;

my %zone;

{
    no warnings 'redefine';
    *Mail::DKIM::DNS::query_async = sub {
        my ($name, $type, %parameters) = @_;
        my $records = $zone{lc $name} || [];
        my @answers = map { Net::DNS::RR->new(owner => $name, type => 'TXT', txtdata => [/.{1,255}/gs]) } @$records;
        return sub { $parameters{Callbacks}{Success}->(@answers) };
    };
}

sub sign {
    my ($job) = @_;
    my $signer = Mail::DKIM::Signer->new(
        Algorithm => $job->{algorithm},
        Method    => "$job->{header}/$job->{body}",
        Domain    => $job->{domain},
        Selector  => $job->{selector},
        KeyFile   => $job->{key_file},
    );
    $signer->PRINT(decode_base64($job->{message}));
    $signer->CLOSE;
    return { field => encode_base64($signer->signature->as_string . "\r\n", '') };
}

sub verify {
    my ($job) = @_;
    %zone = %{ $job->{zone} };
    my $verifier = Mail::DKIM::Verifier->new;
    $verifier->PRINT(decode_base64($job->{message}));
    $verifier->CLOSE;
    return { results => [map { { result => $_->result, reason => $_->result_detail } } $verifier->signatures] };
}

$| = 1;
while (my $line = <STDIN>) {
    my $job = decode_json($line);
    my $answer = eval { $job->{op} eq 'sign' ? sign($job) : verify($job) } || { error => "$@" };
    print encode_json($answer), "\n";
}
