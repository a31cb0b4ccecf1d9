import java.util.concurrent.CountDownLatch;
import org.apache.zookeeper.Watcher.Event.KeeperState;
import org.apache.zookeeper.ZooDefs;
import org.apache.zookeeper.ZooKeeper;
import org.apache.zookeeper.recipes.leader.LeaderElectionSupport;
import org.apache.zookeeper.recipes.lock.LockListener;
import org.apache.zookeeper.recipes.lock.WriteLock;

/**
 * A contender of one of the recipes that come with ZooKeeper's Java client. Prints "joined" when it takes part,
 * "leads" when it is elected, and "fails" with the error when the recipe gives up.
 *
 * Usage: JavaRecipes (WriteLock|LeaderElectionSupport) hosts path
 */
final class JavaRecipes {
    public static void main(String[] words) throws Exception {
        CountDownLatch connected = new CountDownLatch(1);
        ZooKeeper client = new ZooKeeper(words[1], 5_000, event -> {
            if (event.getState() == KeeperState.SyncConnected) connected.countDown();
        });
        connected.await();
        try {
            if (words[0].equals("WriteLock")) writeLock(client, words[2]);
            else leaderElectionSupport(client, words[2]);
        } catch (Exception error) {
            System.out.println("fails " + error);
        }
        // Until it is killed.
        Thread.sleep(Long.MAX_VALUE);
    }

    private static void writeLock(ZooKeeper client, String path) throws Exception {
        WriteLock lock = new WriteLock(client, path, ZooDefs.Ids.OPEN_ACL_UNSAFE, new LockListener() {
            @Override
            public void lockAcquired() {
                System.out.println("leads");
            }

            @Override
            public void lockReleased() {}
        });
        lock.lock();
        System.out.println("joined " + lock.getId());
    }

    private static void leaderElectionSupport(ZooKeeper client, String path) throws Exception {
        LeaderElectionSupport election = new LeaderElectionSupport();
        election.setZooKeeper(client);
        election.setRootNodeName(path);
        election.setHostName("java");
        election.addListener(event -> {
            if (event == LeaderElectionSupport.EventType.ELECTED_COMPLETE) System.out.println("leads");
            if (event == LeaderElectionSupport.EventType.FAILED) System.out.println("fails");
        });
        election.start();
        System.out.println("joined");
    }
}
