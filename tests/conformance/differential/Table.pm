# A zone of the differential tests as a resolver for Perl modules: the part of Net::DNS::Resolver that they use.
package Table;
use strict;
use warnings;

use Net::DNS::Packet;
use Net::DNS::RR;

sub new {
    my ($class, $zone) = @_;
    return bless { zone => $zone, error => '' }, $class;
}

sub errorstring { return $_[0]{error} }

sub records {
    my ($entry, $name, $type) = @_;
    my @records;
    for my $data (@{ $entry->{$type} || [] }) {
        my @fields =
              $type eq 'TXT' ? (txtdata  => $data)
            : $type eq 'MX'  ? (preference => $data->[0], exchange => $data->[1])
            : $type eq 'PTR' ? (ptrdname => $data)
            :                  (address  => $data);
        push @records, Net::DNS::RR->new(owner => $name, type => $type, ttl => 60, class => 'IN', @fields);
    }
    return @records;
}

# A packet, or undef after a time-out.
sub send {
    my ($self, $name, $type) = @_;
    $name = lc $name;
    $name =~ s/\.$//;
    my $entry = $self->{zone}{$name};
    if ($entry && $entry->{TIMEOUT}) {
        $self->{error} = 'query timed out';
        return undef;
    }
    my $packet = Net::DNS::Packet->new;
    $packet->header->rcode($entry ? 'NOERROR' : 'NXDOMAIN');
    $self->{error} = $packet->header->rcode;
    $packet->push(answer => records($entry, $name, $type)) if $entry;
    return $packet;
}

# A packet with answers, or undef.
sub query {
    my $packet = &send(@_);
    return $packet && $packet->answer ? $packet : undef;
}

1;
