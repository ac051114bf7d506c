-- CUS-1: a telephone counts with a name; who else has it is asked by the telephone alone.
create index contact_point_by_address on contact_point (split_part(value, ';', 1));
