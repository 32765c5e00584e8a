#!/bin/bash
# Rlinsolve for R: lsolve.gmres says that convergence is well achieved with a relative residual of thousands of times its tolerance.
#
# Diffusion and degradation along eight compartments, 4 on the diagonal and -1 beside it, which is a well conditioned system: the exact
# amounts are 1 to 8. With reltol = 1e-5, the default, and 7 steps between restarts, also the default, the residual at the end is 0.04 and
# the amounts are off by up to 0.3. The message is "convergence well achieved", and it is with shorter cycles, too. The least residual that
# seven steps from 0 can have, which is what the method has by its definition, is 6e-5. lsolve.bicgstab of the same package keeps the
# tolerance, which the manual calls the "tolerance level for stopping iterations".
#
# Debian 12: r-cran-rlinsolve 0.3.2-1, r-base-core 4.2.2.20221110-2 and what they depend on, unpacked in a temporary folder. Seen, and
# checked below (started from 0; residuals are relative to the right side and computed here):
#   gmres: residual 0.04, error 0.3, converged, it says: yes
#   gmres, restart 4: residual 0.007, error 0.06, converged, it says: yes
#   gmres, restart 2: residual 0.002, error 0.01, converged, it says: yes
#   bicgstab: residual 9e-06, error 8e-05, converged, it says: yes
#   least residual after 7 steps: 6e-05
set -eu
script=$(realpath "$0")
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
chmod 755 .
mkdir -p archives/partial
: >status
apt-get -q -q -y --no-install-recommends --download-only -o Dir::State::status="$folder/status" \
    -o Dir::Cache::archives="$folder/archives" -o APT::Sandbox::User=root install r-cran-rlinsolve=0.3.2-1 \
    r-base-core=4.2.2.20221110-2
for package in archives/*.deb; do
    dpkg-deb -x "$package" root
done
cat >check.R <<'END'
suppressPackageStartupMessages(library(Rlinsolve))
n <- 8
A <- diag(4, n)
A[abs(row(A) - col(A)) == 1] <- -1
b <- A %*% (1:n)
show <- function(name, solver, ...) {
  said <- character()
  result <- withCallingHandlers(solver(A, b, xinit = rep(0, n), ...), message = function(m) {
    said <<- c(said, conditionMessage(m))
    invokeRestart("muffleMessage")
  })
  residual <- sqrt(sum((A %*% result$x - b)^2) / sum(b^2))
  cat(sprintf("%s: residual %s, error %s, converged, it says: %s\n", name, format(residual, digits = 1), format(max(abs(result$x - 1:n)), digits = 1),
              if (any(grepl("convergence well achieved", said))) "yes" else "no"))
}
show("gmres", lsolve.gmres)
show("gmres, restart 4", lsolve.gmres, restart = 4)
show("gmres, restart 2", lsolve.gmres, restart = 2)
show("bicgstab", lsolve.bicgstab)
# The least residual over the span of b, A b, A^2 b, ... is what as many steps of the method reach from 0.
steps <- b
for (i in 2:7) {
  steps <- cbind(steps, A %*% steps[, i - 1])
}
left <- b - A %*% steps %*% qr.solve(A %*% steps, b)
cat(sprintf("least residual after 7 steps: %s
", format(sqrt(sum(left^2) / sum(b^2)), digits = 1)))
END
# R finds its parts by absolute paths of an installed system unless told where they are.
library=$folder/root/usr/lib/x86_64-linux-gnu
cp -a root/usr/lib/R home
rm home/etc/Renviron
touch home/etc/Renviron
export LD_LIBRARY_PATH=$folder/home/lib:$library:$library/blas:$library/lapack:$folder/root/lib/x86_64-linux-gnu
export R_HOME=$folder/home R_LIBS=$folder/root/usr/lib/R/site-library R_SHARE_DIR=$folder/root/usr/share/R/share
export R_DEFAULT_PACKAGES=methods,datasets,utils,grDevices,graphics,stats EDITOR=vi PAGER=cat TZ=UTC
home/bin/exec/R --no-echo --no-restore --no-save --vanilla -f check.R >seen 2>log || cat log
cat seen
sed -n 's/^#   //p' "$script" >wanted
cmp seen wanted
