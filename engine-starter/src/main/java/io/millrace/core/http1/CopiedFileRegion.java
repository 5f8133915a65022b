package io.millrace.core.http1;

import java.io.IOException;
import java.nio.channels.WritableByteChannel;

import io.netty.channel.DefaultFileRegion;
import io.netty.channel.FileRegion;
import io.netty.util.AbstractReferenceCounted;

/**
 * A region that no transport takes for one that it could have the kernel send.
 */
final class CopiedFileRegion extends AbstractReferenceCounted implements FileRegion {

	private final DefaultFileRegion region;

	CopiedFileRegion(DefaultFileRegion region) {
		this.region = region;
	}

	@Override
	public long position() {
		return this.region.position();
	}

	@Override
	@Deprecated
	public long transfered() {
		return transferred();
	}

	@Override
	public long transferred() {
		return this.region.transferred();
	}

	@Override
	public long count() {
		return this.region.count();
	}

	@Override
	public long transferTo(WritableByteChannel target, long position) throws IOException {
		return this.region.transferTo(target, position);
	}

	@Override
	protected void deallocate() {
		this.region.release();
	}

	@Override
	public FileRegion retain() {
		super.retain();
		return this;
	}

	@Override
	public FileRegion retain(int increment) {
		super.retain(increment);
		return this;
	}

	@Override
	public FileRegion touch() {
		return this;
	}

	@Override
	public FileRegion touch(Object hint) {
		return this;
	}

}
