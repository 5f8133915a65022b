package io.millrace.core.http1;

import java.nio.channels.FileChannel;

import io.millrace.core.connection.ConnectionCounts;
import io.netty.channel.DefaultFileRegion;

/**
 * A region that counts what is sent of it while it is sent, which may take minutes:
 * transports ask how far it has got before and after each of its parts. For the event
 * loop only.
 */
final class CountedFileRegion extends DefaultFileRegion {

	private final ConnectionCounts counts;

	private long counted;

	CountedFileRegion(FileChannel file, long position, long count, ConnectionCounts counts) {
		super(file, position, count);
		this.counts = counts;
	}

	@Override
	public long transferred() {
		long transferred = super.transferred();
		if (transferred != this.counted) {
			this.counts.sent(transferred - this.counted);
			this.counted = transferred;
		}
		return transferred;
	}

	@Override
	protected void deallocate() {
		transferred();
		super.deallocate();
	}

}
