"""What people do with meetings: prepare, invite, record, circulate, adopt, hand in, report."""
